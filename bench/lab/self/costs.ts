import type { TransportId } from '../../../server/transports/traits.ts';
import { CLIENT_TRANSPORTS } from '../../agent/index.ts';
import { estimateAt } from '../../judge/shift.ts';
import { summarise } from '../../judge/summary.ts';
import { signedRank } from '../../judge/wilcoxon.ts';
import type { Subject, Usage } from './subject.ts';

/** One row of the table: a subject's cost on one side, and the subject against which it is held. */
export type CostRow = {
  readonly side: 'server' | 'agent';
  readonly what: string;
  readonly subject: Subject;
  readonly control: Subject;
};

/** In the order of the tables. */
export const TRANSPORTS: readonly TransportId[] = ['sse', 'websocket', 'long-polling', 'polling'];

/** What is compared with what. Server rows all have the cheapest reader, agent rows all the prepared server. */
export const COST_ROWS: readonly CostRow[] = TRANSPORTS.flatMap((transport): CostRow[] => {
  const reads: Subject = { transport, server: 'prepared', agent: 'control' };
  const { libraryName } = CLIENT_TRANSPORTS[transport];
  const writes: Subject = { transport, server: 'control', agent: 'control' };
  return [
    { side: 'agent', what: 'lean', subject: { ...reads, agent: 'lean' }, control: reads },
    { side: 'agent', what: libraryName, subject: { ...reads, agent: 'library' }, control: reads },
    { side: 'server', what: 'prepared', subject: reads, control: writes },
    { side: 'server', what: 'idiomatic', subject: { ...reads, server: 'idiomatic' }, control: writes },
  ];
});

/** Each subject once, however many rows it stands in. */
export const SUBJECTS: readonly Subject[] = [
  ...new Map(COST_ROWS.flatMap(({ subject, control }) => [subject, control]).map((one) => [keyOf(one), one])).values(),
];

/** A subject's name among those of a block. */
export function keyOf({ transport, server, agent }: Subject): string {
  return `${transport} ${server} ${agent}`;
}

/**
 * The table from what was measured: CPU per message of each row, and its ratio to the control's with a 95 % interval. Ratios
 * are taken within a block, so that what slows a whole block cancels; their estimate and interval are those of the report's
 * comparisons (Hodges and Lehmann; exact signed-rank).
 *
 * @param blocks each one trial of every subject, by {@link keyOf}; a subject that could not be measured is missing
 */
export function costsOf(blocks: readonly ReadonlyMap<string, Usage>[]) {
  return COST_ROWS.flatMap(({ side, what, subject, control }) => {
    const pairs = blocks.flatMap((block) => {
      const [own, other] = [block.get(keyOf(subject)), block.get(keyOf(control))];
      return own && other ? [{ own, other }] : [];
    });
    if (pairs.length === 0) return [];
    const costs = pairs.map(({ own, other }) => [costUs(own, side), costUs(other, side)] as const);
    const logRatios = costs.map(([own, other]) => Math.log(own / other));
    const ratio = estimateAt(signedRank(logRatios), 0.05, Math.exp)!;
    return {
      side,
      transport: subject.transport,
      what,
      cpuUs: summarise(costs.map(([own]) => own)).median,
      controlCpuUs: summarise(costs.map(([, other]) => other)).median,
      ratio: ratio.value,
      ratioLow: ratio.low,
      ratioHigh: ratio.high,
      blocks: pairs.length,
      utilisation: summarise(pairs.map(({ own }) => (side === 'agent' ? own.agentUtilisation : own.serverUtilisation)))
        .median,
    };
  });
}

function costUs(usage: Usage, side: CostRow['side']): number {
  return (side === 'agent' ? usage.agentCpuUs : usage.serverCpuUs) / usage.messages;
}
