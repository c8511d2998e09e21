import type { Outage } from '../protocol.ts';
import type { Absence } from './absence.ts';

/** A stretch of the timeline as shares of its width, 0 to 1. */
type Stretch = { readonly from: number; readonly to: number };

export type TimelineRow = {
  /** Without news; null where the client never noticed. */
  readonly gap: Stretch | null;
  readonly attempts: readonly number[];
};

export type Timeline = {
  readonly fromUs: number;
  readonly toUs: number;
  /** The server was away. */
  readonly down: Stretch;
  /** Whole seconds since the server went, where the axis has its marks. */
  readonly seconds: readonly { readonly at: number; readonly label: string }[];
};

const BEFORE_US = 500_000;
const AFTER_US = 1_000_000;

/**
 * The frame of an outage's timeline: half a second before the server went, until a second after the last client came back, or
 * until now while one is away.
 */
export function timelineOf(outage: Outage, absences: readonly (Absence | undefined)[], nowUs: number): Timeline {
  const ends = absences.map((absence) => (absence ? (absence.toUs ?? nowUs) : outage.downUs));
  const fromUs = outage.downUs - BEFORE_US;
  const toUs = Math.max(outage.upUs ?? nowUs, ...ends) + AFTER_US;
  const at = (us: number) => Math.min(1, Math.max(0, (us - fromUs) / (toUs - fromUs)));
  const count = Math.floor((toUs - outage.downUs) / 1e6);
  const step = count > 12 ? 5 : count > 6 ? 2 : 1;
  return {
    fromUs,
    toUs,
    down: { from: at(outage.downUs), to: at(outage.upUs ?? nowUs) },
    seconds: Array.from({ length: Math.floor(count / step) + 1 }, (_, index) => ({
      at: at(outage.downUs + index * step * 1e6),
      label: `${index * step} s`,
    })),
  };
}

/** One client's row in the frame. */
export function rowOf({ fromUs, toUs }: Timeline, absence: Absence | undefined, nowUs: number): TimelineRow {
  const at = (us: number) => Math.min(1, Math.max(0, (us - fromUs) / (toUs - fromUs)));
  return {
    gap: absence ? { from: at(absence.fromUs), to: at(absence.toUs ?? nowUs) } : null,
    attempts: absence?.attemptsUs.map(at) ?? [],
  };
}

/** The absence that an outage caused: the first that began with it or after, and before it was a second over. */
export function absenceOf(outage: Outage, absences: readonly Absence[]): Absence | undefined {
  const endUs = (outage.upUs ?? Number.POSITIVE_INFINITY) + 1e6;
  return absences.find(({ fromUs }) => fromUs >= outage.downUs - 250_000 && fromUs <= endUs);
}
