import { filesNeeded, type Needs } from '../preflight.ts';
import type { Plan } from '../result/schema.ts';
import { formatBytes, formatClock, formatCount, formatDuration, formatFigure } from '../units.ts';
import { table, visible } from './style.ts';

const MAX_CELLS = 40;

/** What a run would do: its cells, its settings, what it needs, and how long it takes. */
export function planLines(
  plan: Plan,
  estimate: { trials: number; ms: number },
  needs: Omit<Needs, 'address' | 'port'>,
): string[] {
  const { cells, settings } = plan;
  const shown = cells.slice(0, MAX_CELLS);
  const rows = shown.map(({ transport, clients, rateHz, payloadBytes, pollIntervalMs, driver, fanOut }) => [
    visible(transport),
    formatCount(clients),
    `${formatFigure(rateHz)}/s`,
    formatBytes(payloadBytes),
    pollIntervalMs === null ? '-' : formatDuration(pollIntervalMs),
    driver,
    fanOut,
  ]);
  const files = filesNeeded(needs);
  return [
    `Cells: ${formatCount(cells.length)}`,
    ...table([['transport', 'clients', 'ticks', 'payload', 'poll interval', 'driver', 'fan-out'], ...rows], 1).map(
      (line) => `  ${line}`,
    ),
    ...(cells.length > MAX_CELLS ? [`  … and ${formatCount(cells.length - MAX_CELLS)} more`] : []),
    `Trials: ${formatCount(estimate.trials)}, which is ${formatCount(settings.blocks)} ${settings.blocks === 1 ? 'block' : 'blocks'} of every cell in random order (seed ${settings.seed})`,
    `Each: ramp at ${formatCount(settings.rampPerSecond)}/s, warm-up ${formatDuration(settings.warmupMs)}, measured ${formatDuration(settings.durationMs)}, then the drain`,
    `Processes: ${settings.serverWorkers} server, ${settings.agents} load agents${settings.pin ? ', on cores of their own' : ''}`,
    `Needs: ${formatCount(files.server)} open files for each server process, ${formatCount(files.agent)} for each agent`,
    `Writes to: ${visible(needs.directory)}`,
    `Takes: about ${formatClock(estimate.ms)}`,
  ];
}
