import type { Position } from '../../run/run-event.ts';
import type { TrialProgress } from '../../trial/progress.ts';
import type { Cell, Trial } from '../../result/schema.ts';
import { formatBytes, formatClock, formatCount, formatFigure, formatMicros } from '../../basics/amounts.ts';
import { visible } from '../../basics/shown.ts';

/** Shows a run or a search while it lasts. */
export type Progress<Event> = {
  handle: (event: Event) => void;
  /** Leaves the terminal as it was found. May be called at any time, and more than once. */
  stop: () => void;
};

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
  if (varies.has('network')) parts.push(visible(cell.network ?? 'loopback'));
  return parts.join(' ');
}

/** Where a trial stands: `1000/1000 clients`, `measure 00:02/00:03`. */
export function placeParts(progress: TrialProgress): string[] {
  const { connected, target, phase, phaseMs, phaseTotalMs } = progress;
  const clock = phaseTotalMs > 0 ? `${formatClock(phaseMs)}/${formatClock(phaseTotalMs)}` : formatClock(phaseMs);
  return [`${connected}/${target} clients`, `${PHASE_WORDS[phase]} ${clock}`];
}

const PHASE_WORDS = {
  start: 'start',
  ramp: 'connect',
  warmup: 'warm-up',
  measure: 'measure',
  drain: 'drain',
} as const satisfies Record<TrialProgress['phase'], string>;

/** What is unknown before the measured window; what was counted until then is not what the trial will report. */
const UNMEASURED: ReadonlySet<TrialProgress['phase']> = new Set(['start', 'ramp', 'warmup']);

/**
 * The live figures, each with its name: `p50 1.23 ms p99 4.56 ms`, `10,000 delivered/s`, `missed 0`, `server CPU 0.42
 * cores`, `agent load 37 %`.
 *
 * @param brief with names that are shorter, for a terminal of 80 columns
 */
export function figureParts(progress: TrialProgress, brief: boolean): string[] {
  const { phase, p50Us, p99Us, deliveredPerSecond, missed, serverCores, agentUtilisation } = progress;
  const isMeasured = !UNMEASURED.has(phase);
  const cores = shown(serverCores, (value) => value.toFixed(2));
  const load = shown(agentUtilisation, (value) => `${Math.round(value * 100)} %`);
  return [
    `p50 ${shown(p50Us, formatMicros)} p99 ${shown(p99Us, formatMicros)}`,
    `${shown(isMeasured ? deliveredPerSecond : null, formatCount)}${brief ? '/s' : ' delivered/s'}`,
    `missed ${shown(isMeasured ? missed : null, formatCount)}`,
    `server CPU ${cores}${brief ? '' : ' cores'}`,
    `${brief ? 'agents' : 'agent load'} ${load}`,
  ];
}

function shown(value: number | null, format: (value: number) => string): string {
  return value === null ? '-' : format(value);
}

/** How a trial ended: its ledger and its latency, and how it was judged, with the codes of the reasons. */
export function trialText(trial: Trial): string {
  const { clients, ledger, latencyUs, validity } = trial;
  const figures =
    latencyUs.count === 0 ? 'no deliveries' : `p50 ${formatMicros(latencyUs.p50)} p99 ${formatMicros(latencyUs.p99)}`;
  const cpu = trial.server.cpuPerDeliveryUs;
  const codes = validity.reasons.map(({ code }) => visible(code));
  const parts = [
    `${clients.connected}/${clients.target} clients`,
    `${formatCount(ledger.delivered)} delivered`,
    `${formatCount(ledger.missed)} missed`,
    figures,
    cpu === null ? '' : `CPU ${formatFigure(cpu)} us per delivery`,
    codes.length === 0 ? validity.status : `${validity.status}: ${codes.join(', ')}`,
  ];
  return parts.filter((part) => part !== '').join(' · ');
}

/**
 * Returns the function that explains the reasons of a trial's status, each as `code: sentence`: in full the first time,
 * then no more, since one cause tends to befall many trials of a run.
 */
export function reasonTeller(): (trial: Trial) => string[] {
  const told = new Set<string>();
  return ({ validity }) =>
    validity.reasons.flatMap(({ code, message }) => {
      if (told.has(code)) return [];
      told.add(code);
      return [`${visible(code)}: ${visible(message)}`];
    });
}
