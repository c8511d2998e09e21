import type { Position, TrialProgress } from '../run-event.ts';
import type { Cell, Trial } from '../result/schema.ts';
import { formatBytes, formatClock, formatCount, formatFigure, formatMicros } from '../units.ts';
import { visible } from './style.ts';

/** `[12/32 trials]`: the running trial's number, with how often it was started when that is more than once. */
export function trialNumber({ index, trials, attempt }: Position): string {
  // repeated trials come on top of those that were planned
  const again = attempt > 1 ? `, attempt ${attempt}` : '';
  return `[${index + 1}/${Math.max(trials, index + 1)} trials${again}]`;
}

/** What sets a cell apart from the others of its run: always the transport, and what varies. */
export function cellName(cell: Cell, varies: ReadonlySet<keyof Cell>): string {
  const parts = [visible(cell.transport)];
  if (varies.has('clients')) parts.push(`${formatCount(cell.clients)} clients`);
  if (varies.has('rateHz')) parts.push(`${formatFigure(cell.rateHz)}/s`);
  if (varies.has('payloadBytes')) parts.push(formatBytes(cell.payloadBytes));
  if (varies.has('pollIntervalMs') && cell.pollIntervalMs !== null)
    parts.push(`every ${formatMicros(cell.pollIntervalMs * 1000)}`);
  if (varies.has('driver')) parts.push(cell.driver);
  if (varies.has('fanOut')) parts.push(cell.fanOut);
  return parts.join(' ');
}

/** The properties in which the cells of a run differ; of the poll interval only among those that poll. */
export function varying(cells: readonly Cell[]): Set<keyof Cell> {
  const keys = ['clients', 'rateHz', 'payloadBytes', 'pollIntervalMs', 'driver', 'fanOut'] as const;
  return new Set(
    keys.filter((key) => {
      const values = cells.map((cell) => cell[key]).filter((value) => value !== null);
      return new Set(values).size > 1;
    }),
  );
}

/** Where a trial stands: `1000/1000 clients · measure 00:02/00:03`. */
export function phaseText(progress: TrialProgress): string {
  const { connected, target, phase, phaseMs, phaseTotalMs } = progress;
  const clock = phaseTotalMs > 0 ? `${formatClock(phaseMs)}/${formatClock(phaseTotalMs)}` : formatClock(phaseMs);
  return `${connected}/${target} clients · ${phase} ${clock}`;
}

/** The live figures: `p50 1.23 ms p99 4.56 ms | 10,000/s | missed 0 | server CPU 0.42 | agents 37 %`. */
export function figuresText(progress: TrialProgress): string {
  const { p50Us, p99Us, deliveredPerSecond, missed, serverCores, agentUtilisation } = progress;
  return [
    `p50 ${micros(p50Us)} p99 ${micros(p99Us)}`,
    `${formatCount(deliveredPerSecond)}/s`,
    `missed ${formatCount(missed)}`,
    `server CPU ${serverCores === null ? '-' : serverCores.toFixed(2)}`,
    `agents ${agentUtilisation === null ? '-' : `${Math.round(agentUtilisation * 100)} %`}`,
  ].join(' | ');
}

function micros(value: number | null): string {
  return value === null ? '-' : formatMicros(value);
}

/** How a trial ended: its ledger and its latency, or why it does not count. */
export function trialText(trial: Trial): string {
  const { clients, ledger, latencyUs, validity } = trial;
  const figures =
    latencyUs.count === 0 ? 'no deliveries' : `p50 ${formatMicros(latencyUs.p50)} p99 ${formatMicros(latencyUs.p99)}`;
  const cpu = trial.server.cpuPerDeliveryUs;
  const parts = [
    `${clients.connected}/${clients.target} clients`,
    `${formatCount(ledger.delivered)} delivered`,
    `${formatCount(ledger.missed)} missed`,
    figures,
    cpu === null ? '' : `CPU ${formatFigure(cpu)} us per delivery`,
    validity.status,
  ];
  return parts.filter((part) => part !== '').join(' · ');
}

/** The reasons of a trial's status, each as `code: sentence`. */
export function reasonTexts(trial: Trial): string[] {
  return trial.validity.reasons.map(({ code, message }) => `${visible(code)}: ${visible(message)}`);
}
