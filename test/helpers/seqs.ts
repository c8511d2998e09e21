import { readToken } from '../../server/feed/token.ts';

/** The sequence numbers of ticks as clients read them. */
export function seqsOf(ticks: readonly { tick?: string }[]): number[] {
  return ticks.flatMap(({ tick }) => (tick === undefined ? [] : readToken(tick)!.seq));
}
