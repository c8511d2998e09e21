// Everything that CI checks, in the order in which it is cheapest to fail: `npm test`. Arguments are passed on to the test
// runner alone: `npm test -- test/server` runs those tests and nothing else.
import { spawnSync } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const node = process.execPath;

/** Test files share two cores with the servers and browsers that they start. */
const TEST = [node, '--test', '--test-concurrency=2', '--test-timeout=180000'];

const CHECKS: readonly [name: string, command: readonly string[]][] = [
  ['format', ['oxfmt', '--check']],
  ['lint', ['oxlint', '--type-aware', '--deny-warnings']],
  ['types', ['tsc', '--project', '.']],
  ['types of the report page', ['tsc', '--project', 'report/browser']],
  ['types of the live page', ['tsc', '--project', 'server/demo/browser']],
  ['unused files, exports and dependencies', ['knip', '--no-progress']],
  ['the published schema is current', [node, 'scripts/schema.ts', '--check']],
  ['the tables in docs/flags.md are current', [node, 'scripts/docs.ts', '--check']],
  // those that take minutes are asked for by name: npm run test:long
  ['tests', [...TEST, 'test/!(long)/**/*.test.ts']],
];

function run(command: readonly string[]): boolean {
  const [program, ...args] = command;
  return spawnSync(program!, args, { cwd: root, stdio: 'inherit' }).status === 0;
}

const only = process.argv.slice(2);
const checks: typeof CHECKS = only.length > 0 ? [['tests', [...TEST, ...only.map(asPattern)]]] : CHECKS;
const failed = checks.filter(([name, command]) => {
  const startMs = performance.now();
  process.stdout.write(`\n== ${name}\n`);
  const passed = run(command);
  process.stdout.write(
    `== ${name}: ${passed ? 'passed' : 'FAILED'} in ${((performance.now() - startMs) / 1000).toFixed(1)} s\n`,
  );
  return !passed;
});
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
