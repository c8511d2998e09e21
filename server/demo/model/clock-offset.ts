/** One question for the server's time, the four timestamps in microseconds; own ones on the page's clock. */
export type Exchange = {
  readonly askedUs: number;
  readonly serverReceivedUs: number;
  readonly serverSentUs: number;
  readonly answeredUs: number;
};

/** Server's clock = page's clock + offset, give or take the bound. Microseconds. */
export type ClockEstimate = { readonly offsetUs: number; readonly boundUs: number };

/**
 * The offset from the exchange with the smallest round trip (RFC 5905, 8, as NTP does it). Neither way can have taken less
 * than no time, so the truth lies within half of that round trip, and no further; the clocks' own steps come on top.
 *
 * @param resolutionUs the smallest step of the page's clock
 * @returns undefined without an exchange
 */
export function estimateOffset(exchanges: readonly Exchange[], resolutionUs: number): ClockEstimate | undefined {
  const estimates = exchanges.map(({ askedUs, serverReceivedUs, serverSentUs, answeredUs }) => {
    const roundTripUs = Math.max(0, answeredUs - askedUs - (serverSentUs - serverReceivedUs));
    const offsetUs = (serverReceivedUs - askedUs + (serverSentUs - answeredUs)) / 2;
    return { offsetUs, boundUs: roundTripUs / 2 + resolutionUs };
  });
  return estimates.toSorted((a, b) => a.boundUs - b.boundUs)[0];
}
