// Processes of a run of the command line, killed while it measures.
import { partsOf } from './trials.ts';
import type { Started } from './command-line.ts';
import type { Trial } from '../../bench/result/schema.ts';
import { until } from './until.ts';

export const AGENT = 'bench/agent/main.ts';
export const SERVER = 'server/main.ts';

/** Kills a process of each trial that comes to its measured window: of the first trial the first entry's, and so on. */
export async function killInTrials({ child, output }: Started, entries: readonly string[]): Promise<void> {
  for (const [index, entry] of entries.entries()) {
    const trial = index + 1;
    const since = () => output.stderr.split('"type":"trial-start"').slice(1)[index] ?? '';
    await until(() => since().includes('"phase":"measure"'), `trial ${trial} measures`, 30_000);
    const [pid] = partsOf(child.pid!, entry);
    process.kill(pid!, 'SIGKILL');
    await until(() => since().includes('"type":"trial-end"'), `trial ${trial} has ended`, 30_000);
  }
}

/** Of each trial: which attempt it was, and the codes of what it lost. */
export function lossesOf(trials: readonly Trial[]): [attempt: number, codes: string][] {
  return trials.map(({ attempt, losses = [] }) => [attempt, losses.map((loss) => loss.code).join()]);
}
