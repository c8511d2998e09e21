import type { Cell, RunResult, Trial } from '../result/schema.ts';
import { loadOf, type Load } from './cost-model.ts';
import { standingTrials } from '../judge/standing-trials.ts';
import { cellKey } from '../result/cell.ts';

/** What a server was given in one trial, and what it used: the canary's clients included, which it does not tell apart. */
export type Observation = {
  readonly cell: Cell;
  readonly load: Load;
  /** Microseconds of CPU per second, user and system, all workers. */
  readonly cpuUs: number;
  /** Resident memory at the end of the window, all workers. */
  readonly rssBytes: number;
};

/** Observations that one model may be fitted to: they differ in clients, rate and poll interval only. */
export type Family = { readonly transport: string; readonly observations: readonly Observation[] };

/** Others took CPU: what is left is slower, and the same work is charged up to twice as much. */
const DISTURBED: ReadonlySet<string> = new Set(['CPU_STOLEN', 'OTHER_PROGRAMS']);

/**
 * The trials of a run that count, by transport: sound ones and, of a cell that has calm ones, those alone. Where a transport
 * was measured with several payloads, drivers or ways of fan-out only the most frequent of these combinations is taken: the
 * model has no terms for them. Pure.
 */
export function familiesOf({ trials }: Pick<RunResult, 'trials'>): Family[] {
  const sound = standingTrials(trials).filter(
    ({ validity, ledger }) => validity.status !== 'invalid' && ledger.delivered > 0,
  );
  const calmCells = new Set(sound.filter(isCalm).map(({ cell }) => cellKey(cell)));
  const counted = sound.filter((each) => isCalm(each) || !calmCells.has(cellKey(each.cell)));
  const known = counted.map(observe).filter((each) => each !== null);
  return [...Map.groupBy(known, ({ cell }) => cell.transport)].map(([transport, own]) => {
    const kinds = Map.groupBy(own, ({ cell }) => JSON.stringify([cell.payloadBytes, cell.driver, cell.fanOut]));
    const [most = []] = [...kinds.values()].toSorted((a, b) => b.length - a.length);
    return { transport, observations: most };
  });
}

function isCalm({ validity }: Trial): boolean {
  return validity.reasons.every(({ code }) => !DISTURBED.has(code));
}

/** Null of a server whose CPU and memory nobody metered. */
function observe(trial: Trial): Observation | null {
  const { cell, canary, server, phases } = trial;
  const clients = trial.clients.connected + (canary?.clients ?? 0);
  const seconds = phases.measureMs / 1000;
  const { cpuUserUs, cpuSystemUs, rssBytes } = server;
  if (cpuUserUs === null || cpuSystemUs === null || rssBytes === null) return null;
  const delivered = trial.ledger.delivered + (canary?.ledger.delivered ?? 0);
  return {
    cell,
    load: loadOf(cell.transport, clients, delivered / seconds, cell.pollIntervalMs),
    cpuUs: (cpuUserUs + cpuSystemUs) / seconds,
    rssBytes,
  };
}

/** The observations of each cell. */
export function byCell(observations: readonly Observation[]): Observation[][] {
  return [...Map.groupBy(observations, ({ cell }) => cellKey(cell)).values()];
}
