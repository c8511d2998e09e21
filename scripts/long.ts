// The tests that take minutes: `npm run test:long`. Soak, leaks, many clients, processes killed again and again. Prints a table of
// what was tried and what happened. Arguments name some of the files: `npm run test:long -- test/long/leaks.test.ts`.
import { globSync } from 'node:fs';
import { run } from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** No test may hold the others up, and all of them together may not take longer than this. */
const TEST_LIMIT_MS = 5 * 60_000;
const LIMIT_MS = 15 * 60_000;

type Row = { fault: string; file: string | undefined; happened: string[]; seconds: number; passed: boolean };

const asked = process.argv.slice(2);
const files = asked.length > 0 ? asked : globSync('test/long/**/*.test.ts', { cwd: ROOT }).toSorted();
const rows: Row[] = [];
const limit = AbortSignal.timeout(LIMIT_MS);

const tests = run({ files, cwd: ROOT, concurrency: 1, timeout: TEST_LIMIT_MS, signal: limit });
tests.on('test:start', ({ nesting, name }) => {
  // a file is a test as well
  if (nesting === 0 && !name.endsWith('.test.ts')) process.stdout.write(`${name} ...\n`);
});
tests.on('test:pass', (event) => note(event, true));
tests.on('test:fail', (event) => note(event, false));
tests.on('test:diagnostic', ({ message, nesting, file }) => {
  const row = rows.at(-1);
  if (nesting === 0 && row !== undefined && row.file === file) row.happened.push(message);
});

for await (const _ of tests) {
  // read to the end
}
if (limit.aborted)
  rows.push({
    fault: 'all of them',
    file: undefined,
    happened: [`not over within ${LIMIT_MS / 60_000} minutes`],
    seconds: LIMIT_MS / 1000,
    passed: false,
  });

process.stdout.write(`\n${table(rows).join('\n')}\n`);
process.exitCode = rows.length > 0 && rows.every(({ passed }) => passed) ? 0 : 1;

type Ended = {
  name: string;
  nesting: number;
  file?: string | undefined;
  skip?: string | boolean;
  details: { duration_ms: number; error?: Error };
};

function note({ name, nesting, file, skip, details }: Ended, passed: boolean): void {
  if (nesting > 0 || name.endsWith('.test.ts')) return;
  const happened = skip === undefined ? [] : [`skipped: ${String(skip)}`];
  if (details.error) happened.push((details.error.cause as Error | undefined)?.message ?? details.error.message);
  rows.push({ fault: name, file, happened, seconds: details.duration_ms / 1000, passed });
}

/** As Markdown, so that it can stand in a document. */
function table(of: readonly Row[]): string[] {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').split('\n', 1)[0]).join(' | ')} |`;
  return [
    line(['fault', 'what happened', 'time', '']),
    line(['---', '---', '---:', '---']),
    ...of.map(({ fault, happened, seconds, passed }) =>
      line([fault, happened.join('; '), `${seconds.toFixed(0)} s`, passed ? 'passed' : 'FAILED']),
    ),
  ];
}
