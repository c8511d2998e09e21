import type { RunResult } from '../result/schema.ts';
import { summarise } from '../judge/summary.ts';
import { trafficOf } from './bytes.ts';
import type { TrafficCheck } from './cost-model.ts';
import { byCell, type Observation } from './observation.ts';
import { sameCell } from '../result/cell.ts';
import { meanOf } from '../basics/numbers.ts';

/** Bytes for each delivered tick of each cell, as the protocols' arithmetic says and as its sound trials measured. */
export function checkTraffic(
  observations: readonly Observation[],
  trials: RunResult['trials'],
  pollLatest: boolean,
): TrafficCheck[] {
  return byCell(observations).flatMap(([first]) => {
    const { cell } = first!;
    const own = trials.filter((trial) => sameCell(trial.cell, cell) && trial.validity.status !== 'invalid');
    const seq = Math.round(meanOf(own.map(({ phases }) => (phases.firstSeq + phases.lastSeq) / 2)));
    const expected = trafficOf({ ...cell, pollLatest }, seq);
    if (expected === null) return [];
    // A late server may be sending still when its window ends: the median leaves such a trial out.
    const medianOf = (key: 'perDeliverySent' | 'perDeliveryReceived') =>
      summarise(own.map(({ bytes }) => bytes[key] ?? 0)).median;
    const sent = { expected: expected.sent, measured: medianOf('perDeliverySent') };
    const received = { expected: expected.received, measured: medianOf('perDeliveryReceived') };
    return [{ cell, sent, received }];
  });
}
