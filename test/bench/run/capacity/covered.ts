// The claim of a 95 % interval, tried: searches of servers that exist as formulas, of which the true boundary is known.
import assert from 'node:assert/strict';
import { cliffServer, countingServer, fanOutServer, floorServer, search, type FakeServer } from './simulation.ts';

/** Where the median trial meets the limit: p99 = base + perClient x clients = 100 ms. */
const FAN_OUT = (100 - 3) / 0.0085;

/** Each with its true boundary. */
export const SERVERS: readonly (readonly [name: string, server: FakeServer, truth: number])[] = [
  ['calm', fanOutServer(0.03), FAN_OUT],
  ['usual', fanOutServer(0.08), FAN_OUT],
  ['noisy', fanOutServer(0.2), FAN_OUT],
  ['whose p99 hardly rises', fanOutServer(0.05, { baseMs: 80, perClientMs: 0.002 }), 10_000],
  ['with a cliff', cliffServer(0.02, 14_000), 14_000],
  ['with a cliff that is elsewhere each time', cliffServer(0.2, 14_000), 14_000],
  ['whose figure has a floor', floorServer(0.1, 14_000), 14_000],
  ['that only tells whether it held', countingServer(0.1, 14_000), 14_000],
];

/**
 * Searches a server with so many seeds, and counts the intervals that hold the true boundary.
 *
 * @param fewest of so many intervals at 95 % fewer than this cover by chance once in a hundred times (binomial)
 */
export function assertCovered(server: FakeServer, truth: number, searches: number, fewest: number): void {
  let found = 0;
  let covered = 0;
  for (let seed = 1; seed <= searches; seed++) {
    const { end } = search(server, seed);
    if (end.type !== 'boundary') continue;
    found++;
    if (end.boundary.low <= truth && truth <= end.boundary.high) covered++;
  }
  assert.ok(found >= searches * 0.98, `${found} of ${searches} searches found a boundary`);
  assert.ok(covered >= fewest - (searches - found), `${covered} of ${found} intervals cover ${truth}`);
}
