// Everything that CI checks: `npm test`. First what takes seconds, all at once; then the tests. Arguments are passed on to the
// test runner alone: `npm test -- test/server` runs those tests and nothing else, `npm run test:long` those that take minutes.
import { spawn } from 'node:child_process';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

type Outcome = { passed: boolean; output: string };
type Check = readonly [name: string, run: () => Promise<Outcome>];

const CHECKS: readonly Check[] = [
  ['format', command('oxfmt', '--check')],
  ['lint', command('oxlint', '--type-aware', '--deny-warnings')],
  ['types', command('tsc', '--project', '.')],
  ['types of the report page', command('tsc', '--project', 'report/browser')],
  ['types of the live page', command('tsc', '--project', 'server/demo/browser')],
  ['unused files, exports and dependencies', command('knip', '--no-progress')],
  ['the published schema is current', command(process.execPath, 'scripts/schema.ts', '--check')],
  ['the tables in docs/flags.md are current', command(process.execPath, 'scripts/docs.ts', '--check')],
];

/** Soak, leaks, many clients, processes killed again and again: minutes each, alone on the machine, and only when asked for. */
const LONG = 'test/long';
const TESTS = ['test/!(long)/**/*.test.ts'];

/** Test files share two cores with the servers and browsers that they start. */
const FILES_AT_ONCE = 2;
const TIMEOUT_MS = 180_000;
const LONG_TIMEOUT_MS = 300_000;

/** Tests of functions, which start nothing and time nothing. */
const LIGHT = [
  'test/report/',
  'test/docs/',
  ...['judge', 'model', 'result', 'command'].map((room) => `test/bench/${room}/`),
];

/** They fill the time in which the others wait, one at a time and behind them (niceness 10). */
const BEHIND = ['--import', 'data:text/javascript,import os from "node:os"; os.setPriority(10)'];

/** Where files take longest; they begin first, so that no core is left alone with one of them at the end. */
const LONGEST = ['test/e2e/', 'test/bench/trial/', 'test/server/hostile/', 'test/bench/lab/', 'test/bench/agent/'];

// Every test starts processes that load the same modules: what one has compiled, the others need not compile again.
process.env['NODE_COMPILE_CACHE'] ??= join(ROOT, 'node_modules', '.cache', 'compiled');

const only = process.argv.slice(2);
const failed: string[] = [];
if (only.length === 0) await Promise.all(CHECKS.map(([name, check]) => told(name, check)));
await told('tests', () => testsOf(only.length > 0 ? only.map(asPattern) : TESTS));

const count = only.length > 0 ? 1 : CHECKS.length + 1;
process.stdout.write(
  failed.length === 0
    ? `\nall ${count} checks passed\n`
    : `\n${failed.length} of ${count} checks failed: ${failed.join(', ')}\n`,
);
process.exitCode = failed.length === 0 ? 0 : 1;

/** Runs a check, and says what it said and what became of it once it is over. */
async function told(name: string, check: () => Promise<Outcome>): Promise<void> {
  const startMs = performance.now();
  const { passed, output } = await check();
  if (!passed) failed.push(name);
  process.stdout.write(
    `\n${output}== ${name}: ${passed ? 'passed' : 'FAILED'} in ${((performance.now() - startMs) / 1000).toFixed(1)} s\n`,
  );
}

/** A program that passes by ending with 0. */
function command(program: string, ...args: string[]): () => Promise<Outcome> {
  return () =>
    new Promise((resolve, reject) => {
      const child = spawn(program, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
      let output = '';
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding('utf8').on('data', (text: string) => (output += text));
      child.once('error', reject);
      child.once('close', (code) => resolve({ passed: code === 0, output }));
    });
}

/** Runs the test files that match, and shows them as they end. */
async function testsOf(patterns: readonly string[]): Promise<Outcome> {
  const files = globSync(patterns, { cwd: ROOT }).toSorted((a, b) => placeOf(a) - placeOf(b) || (a < b ? -1 : 1));
  if (files.length === 0) return { passed: false, output: `no test matches ${patterns.join(' ')}\n` };
  const isLong = files.some((file) => file.startsWith(LONG));
  if (isLong) return { passed: await pass(files, { concurrency: 1, timeout: LONG_TIMEOUT_MS }), output: '' };
  const light = files.filter((file) => LIGHT.some((folder) => file.startsWith(folder)));
  const heavy = files.filter((file) => !light.includes(file));
  const passed = await Promise.all([
    heavy.length === 0 || pass(heavy, { concurrency: FILES_AT_ONCE, timeout: TIMEOUT_MS }),
    light.length === 0 || pass(light, { concurrency: 1, timeout: TIMEOUT_MS, execArgv: BEHIND }),
  ]);
  return { passed: passed.every(Boolean), output: '' };
}

async function pass(
  files: string[],
  options: { concurrency: number; timeout: number; execArgv?: readonly string[] },
): Promise<boolean> {
  const tests = run({ files, cwd: ROOT, ...options });
  let passed = false;
  tests.on('test:summary', ({ file, success }) => {
    if (file === undefined) passed = success;
  });
  for await (const text of tests.compose(spec)) process.stdout.write(text as string);
  return passed;
}

function placeOf(file: string): number {
  const place = LONGEST.findIndex((folder) => file.startsWith(folder));
  return place === -1 ? LONGEST.length : place;
}

/** A folder stands for the tests in it. */
function asPattern(path: string): string {
  return path.endsWith('.ts') || path.includes('*') ? path : `${path.replace(/\/$/, '')}/**/*.test.ts`;
}
