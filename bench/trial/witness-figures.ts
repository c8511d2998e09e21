import { decode, distribution } from '../agent/measure/histogram.ts';
import { mergeRecordings, type MergedRecording } from '../agent/measure/merge.ts';
import type { AgentReport } from '../agent/messages.ts';
import type { Trial } from '../result/schema.ts';
import { usage } from './usage.ts';

/**
 * Who the witnesses were, and what the load, which has its own queue in it, saw of the same.
 *
 * @param load the reports of the load's agents
 * @param seen what the witnesses have recorded
 */
export function witnessFigures(
  { clients, readLagHdr, measureStart, measureEnd, niceness, isRealTime }: AgentReport,
  load: readonly AgentReport[],
  { ledger }: MergedRecording,
): NonNullable<Trial['witnesses']> {
  return {
    clients: clients.connected,
    ledger,
    readLagP99Us: readLagHdr === null ? null : distribution(decode(readLagHdr)).p99,
    utilisation: usage([measureStart], [measureEnd]).eventLoop.utilisation,
    niceness,
    isRealTime,
    loadNiceness: load.map((report) => report.niceness),
    loadLatencyUs: mergeRecordings(load.map(({ recording }) => recording)).latencyUs,
  };
}

/** Deliveries to all clients by second, with the percentiles that the witnesses saw in it. */
export function witnessedTimeline(all: Trial['timeline'], seen: Trial['timeline']): Trial['timeline'] {
  const bySecond = new Map(seen.map((second) => [second.second, second]));
  return all.flatMap(({ second, delivered }) => {
    const known = bySecond.get(second);
    return known === undefined ? [] : [{ ...known, delivered }];
  });
}
