// Everything that CI checks, what is cheapest to fail first: `npm test`. Arguments are passed on to the test
// runner alone: `npm test -- test/server` runs those tests and nothing else.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const node = process.execPath;

/** Test files share two cores with the servers and browsers that they start. */
const TEST = [node, '--test', '--test-concurrency=2', '--test-timeout=180000'];

type Check = readonly [name: string, command: readonly string[]];

/** What only reads the files: all at once. */
const STATIC: readonly Check[] = [
  ['format', ['oxfmt', '--check']],
  ['lint', ['oxlint', '--type-aware', '--deny-warnings']],
  ['types', ['tsc', '--project', '.']],
  ['types of the report page', ['tsc', '--project', 'report/browser']],
  ['types of the live page', ['tsc', '--project', 'server/demo/browser']],
  ['unused files, exports and dependencies', ['knip', '--no-progress']],
  ['the published schema is current', [node, 'scripts/schema.ts', '--check']],
  ['the tables in docs/flags.md are current', [node, 'scripts/docs.ts', '--check']],
];
/** Those that take minutes are asked for by name: npm run test:long. */
const TESTS: Check = ['tests', [...TEST, 'test/!(long)/**/*.test.ts']];

/** The hundreds of processes of a whole run would else strip and compile the same modules, a fifth of the work of unit tests. */
const env = { ...process.env, NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'node') };

/** Runs a check and tells how it ended; what it printed comes whole, or as it comes where it runs alone. */
async function run([name, command]: Check, isAlone: boolean): Promise<boolean> {
  const startMs = performance.now();
  const [program, ...args] = command;
  if (isAlone) process.stdout.write(`\n== ${name}\n`);
  const child = spawn(program!, args, { cwd: root, env, stdio: isAlone ? 'inherit' : ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (part: Buffer) => (printed += part.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  const took = `${((performance.now() - startMs) / 1000).toFixed(1)} s`;
  const head = isAlone ? '' : `\n== ${name}\n${printed}`;
  process.stdout.write(`${head}== ${name}: ${code === 0 ? 'passed' : 'FAILED'} in ${took}\n`);
  return code === 0;
}

const only = process.argv.slice(2);
const alone: Check = only.length > 0 ? ['tests', [...TEST, ...only.map(asPattern)]] : TESTS;
const together = only.length > 0 ? [] : STATIC;
const checks = [...together, alone];
const passed = await Promise.all(together.map((check) => run(check, false)));
passed.push(await run(alone, true));
const failed = checks.filter((_, index) => !passed[index]);
process.stdout.write(
  failed.length === 0
    ? `\nall ${checks.length} checks passed\n`
    : `\n${failed.length} of ${checks.length} checks failed: ${failed.map(([name]) => name).join(', ')}\n`,
);
process.exitCode = failed.length === 0 ? 0 : 1;

/** A folder stands for the tests in it. */
function asPattern(path: string): string {
  return path.endsWith('.ts') || path.includes('*') ? path : `${path.replace(/\/$/, '')}/**/*.test.ts`;
}
