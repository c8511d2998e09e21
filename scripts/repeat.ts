// Runs the default plan again and again and says how well the figures hold: `npm run repeat -- RUNS [MINUTES]`, so many runs that
// begin MINUTES apart (0: one after the other); or `npm run repeat -- FOLDER FOLDER...` for runs that are there.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { formatFigure, percent, plural, quantity } from '../bench/basics/amounts.ts';
import { cellName } from '../bench/command/terminal/position.ts';
import { table } from '../bench/command/terminal/style.ts';
import { repeatability, type Alarm, type Repeated } from '../bench/lab/repeatability.ts';
import { varying } from '../bench/result/cell.ts';
import { readResult } from '../bench/result/store.ts';

const given = process.argv.slice(2);
const isCount = /^\d+$/.test(given[0] ?? '');
if (given.length === 0 || (!isCount && given.length < 2)) {
  process.stderr.write('npm run repeat -- RUNS [MINUTES]   or   npm run repeat -- FOLDER FOLDER...\n');
  process.exit(2);
}
const folders = isCount ? await runAll(Number(given[0]), Number(given[1] ?? 0) * 60_000) : given;
const runs = folders.map((folder) => readResult(join(folder, 'result.json')));
const { figures, comparisons, alarms, trials } = repeatability(runs);
const varies = varying(runs[0]!.plan.cells);

const rows = figures.map((figure) => [
  cellName(figure.cell, varies),
  figure.metric,
  ...(figure.medians.length === 0 ? ['-', '-'] : extremes(figure)),
  figure.spread === null ? '-' : formatFigure(figure.spread),
  `${figure.overlapping}/${figure.pairs}`,
]);
const pairs = figures.reduce((sum, figure) => sum + figure.pairs, 0);
const overlapping = figures.reduce((sum, figure) => sum + figure.overlapping, 0);
const lines = [
  ...table([['cell', 'figure', 'smallest', 'largest', 'largest/smallest', 'intervals overlap'], ...rows], 2),
  '',
  `${plural(runs.length, 'run')}: ${trials.valid} trials valid, ${trials.caution} caution, ${trials.invalid} invalid.`,
  `Intervals of two runs overlap in ${overlapping} of ${pairs} pairs (${percent(overlapping / Math.max(1, pairs))}).`,
  `Comparing any two finds a difference in ${alarms.length} of ${comparisons} pairs.`,
  ...alarms.map((alarm) => `  ${alarmText(alarm)}`),
];
process.stdout.write(`${lines.join('\n')}\n`);

function extremes({ unit, medians }: Repeated): string[] {
  return [Math.min(...medians), Math.max(...medians)].map((value) => quantity(unit, value));
}

function alarmText({ a, b, changes }: Alarm): string {
  const found = changes.map(({ cell, metric, outcome, ratio }) => {
    const factor = ratio === null ? '' : ` x ${formatFigure(ratio.value)}`;
    return `${cellName(cell, varies)} ${metric.id} ${outcome}${factor}`;
  });
  return `run ${b + 1} against run ${a + 1}: ${found.join(', ')}`;
}

/** Each in a folder of its own below `results`. */
async function runAll(count: number, everyMs: number): Promise<string[]> {
  const series = new Date().toISOString().slice(0, 16).replaceAll(':', '-');
  const made: string[] = [];
  for (let index = 0; index < count; index++) {
    const beganMs = performance.now();
    const folder = join('results', `repeat-${series}`, String(index + 1));
    process.stdout.write(`run ${index + 1} of ${count} into ${folder}\n`);
    const args = ['bench/cli.ts', 'run', '--out', folder, '--seed', String(index + 1), '--progress', 'off', '--json'];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    const [code] = (await once(child, 'exit')) as [number | null];
    // 3: some trials are invalid, which is one of the things that are asked here
    if (code !== 0 && code !== 3) process.exit(code ?? 1);
    made.push(folder);
    if (index < count - 1) await sleep(Math.max(0, everyMs - (performance.now() - beganMs)));
  }
  return made;
}
