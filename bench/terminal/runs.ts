import type { PastRun } from '../commands/past-runs.ts';
import { formatCount, formatMicros } from '../units.ts';
import { quoteLabel, table, visible, type Paint } from './style.ts';

/** Past runs as a table, or a sentence where there are none. Folders without a result stand below with the reason. */
export function runLines(runs: readonly PastRun[], root: string, paint: Paint): string[] {
  if (runs.length === 0) return [`no runs in ${visible(root)} yet; the first one: npm run bench -- --quick`];
  const rows: string[][] = [];
  const searches: string[] = [];
  const others: string[] = [];
  for (const run of runs) {
    if (run.kind === 'capacity') {
      searches.push(
        `${visible(run.id)} capacity, ${run.status}:`,
        ...run.answers.map((answer) => `  ${visible(answer)}`),
      );
      continue;
    }
    if (run.kind !== 'run') {
      others.push(`${visible(run.id)}: ${visible(run.problem)}`);
      continue;
    }
    rows.push([
      visible(run.id),
      `${visible(run.startedAt.slice(0, 16).replace('T', ' '))}Z`,
      run.status,
      formatCount(run.cells),
      formatCount(run.trials),
      `${formatCount(run.valid)}/${formatCount(run.invalid)}`,
      // the widths of what follows differ from line to line: it stays in one column
      [
        ...run.p99Us.map(
          ({ transport, value }) => `${visible(transport)} ${value === null ? '-' : formatMicros(value)}`,
        ),
        ...(run.label === '' ? [] : [quoteLabel(run.label)]),
      ].join(' · '),
    ]);
  }
  const lines: string[] = [];
  if (rows.length > 0) {
    const [head = '', ...rest] = runTable(rows);
    lines.push(paint('dim', head), ...rest);
  }
  return [...lines, ...searches, ...others.map((line) => paint('yellow', line))];
}

function runTable(rows: readonly string[][]): string[] {
  const header = ['id', 'UTC', 'status', 'cells', 'trials', 'valid/invalid', 'p99 of each transport · label'];
  const last = header.length - 1;
  const left = table(
    [header, ...rows].map((row) => row.slice(0, last)),
    3,
  );
  // numbers end where their column ends, the last column begins there
  return left.map((line, index) => `${line}  ${(index === 0 ? header : rows[index - 1]!)[last]}`.trimEnd());
}
