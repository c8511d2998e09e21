// Where the time of a delivery goes: scheduled, sent, acknowledged, first client, last client.
import type { PublishedTick } from '../../server/control.ts';
import { dueUs, type Schedule } from '../../server/feed/schedule.ts';
import { createHistogram, distribution, record } from '../agent/measure/histogram.ts';
import type { MergedRecording } from '../agent/measure/merge.ts';
import { targetOf } from '../result/entrant.ts';
import type { Distribution, PublishFigures, Trial } from '../result/schema.ts';
import type { TrialEvidence } from './evidence.ts';

/** How long after each measured tick was due its first and its last client had it, in microseconds. */
export function receiptFigures(
  seen: Pick<MergedRecording, 'firstReceiptsUs' | 'lastReceiptsUs'>,
  schedule: Schedule,
  firstSeq: number,
): Required<Pick<Trial, 'firstReceiptUs' | 'lastReceiptUs'>> {
  const since = (receiptsUs: readonly (number | null)[]) =>
    spread(receiptsUs.flatMap((us, tick) => (us === null ? [] : us - dueUs(schedule, firstSeq + tick))));
  return { firstReceiptUs: since(seen.firstReceiptsUs), lastReceiptUs: since(seen.lastReceiptsUs) };
}

/** How the ticks of the measured window came to a server that is not ours; null of ours, and where nobody could tell. */
export function publishFigures({ spec, schedule, window, server, drainEndUs }: TrialEvidence): PublishFigures | null {
  const target = targetOf(spec.cell.transport, spec.settings);
  const [held] = server.held ?? [];
  if (!target || !window || !held || !('publish' in held) || held.publish === null) return null;
  const { firstSeq, lastSeq } = window;
  const ticks = held.publish.filter(({ seq }) => seq >= firstSeq && seq <= lastSeq);
  return ticks.length === 0
    ? null
    : { by: target.publish === 'stdin' ? 'stdin' : 'http', ...figuresOf(ticks, schedule, drainEndUs) };
}

function figuresOf(
  ticks: readonly PublishedTick[],
  schedule: Schedule,
  drainEndUs: number,
): Omit<PublishFigures, 'by'> {
  const failed = ticks.filter(({ failure }) => failure !== undefined);
  const others = ticks.filter(({ failure }) => failure === undefined);
  // How long those that are still open will have waited nobody knows: so long at least.
  const taken = others.map(({ acknowledgedUs, ...tick }) => ({
    ...tick,
    atUs: acknowledgedUs ?? Math.max(drainEndUs, tick.sentUs),
  }));
  const [first] = failed;
  return {
    published: ticks.length,
    failed: failed.length,
    ...(first?.failure === undefined ? {} : { failure: first.failure }),
    unacknowledged: others.filter(({ acknowledgedUs }) => acknowledgedUs === null).length,
    sentUs: spread(ticks.map(({ seq, sentUs }) => sentUs - dueUs(schedule, seq))),
    acknowledgedUs: spread(taken.map(({ seq, atUs }) => atUs - dueUs(schedule, seq))),
    answerUs: spread(taken.map(({ sentUs, atUs }) => atUs - sentUs)),
  };
}

/** What clocks disagree by may make a short time a negative one. */
function spread(us: readonly number[]): Distribution {
  const histogram = createHistogram();
  for (const each of us) record(histogram, Math.max(0, each));
  return distribution(histogram);
}
