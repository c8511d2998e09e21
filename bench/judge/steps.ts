import { medianOf } from '../basics/numbers.ts';
import type { Distribution, Trial } from '../result/schema.ts';

/** Microseconds since a tick was due: medians over trials. */
export type Step = { readonly p50: number; readonly p99: number };

/** The steps of a tick, each null where no trial tells of it. */
export type Steps = {
  /** Handed to the server; of the built-in one, emitted by its feed. Null of one that makes its ticks itself. */
  readonly sent: Step | null;
  /** Null also where nobody publishes. */
  readonly acknowledged: Step | null;
  readonly firstClient: Step | null;
  readonly lastClient: Step | null;
};

/** How long after it was due a tick took each of its steps in these trials, which are of one cell. */
export function stepsOf(trials: readonly Trial[]): Steps {
  return {
    sent: stepOf(trials, ({ publish, server: { feed } }) => {
      if (publish) return publish.sentUs;
      return feed ? { count: feed.emitted, p50: feed.latenessP50Us, p99: feed.latenessP99Us } : undefined;
    }),
    acknowledged: stepOf(trials, ({ publish }) => publish?.acknowledgedUs),
    firstClient: stepOf(trials, ({ firstReceiptUs }) => firstReceiptUs),
    lastClient: stepOf(trials, ({ lastReceiptUs }) => lastReceiptUs),
  };
}

function stepOf(
  trials: readonly Trial[],
  of: (trial: Trial) => Pick<Distribution, 'count' | 'p50' | 'p99'> | undefined,
): Step | null {
  const known = trials.map(of).filter((each) => each !== undefined && each.count > 0) as Step[];
  const [p50, p99] = [medianOf(known.map((each) => each.p50)), medianOf(known.map((each) => each.p99))];
  return p50 === null || p99 === null ? null : { p50, p99 };
}
