// The claim of a 95 % interval, tried: searches of servers that exist as formulas, of which the true boundary is known.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cliffServer, countingServer, fanOutServer, floorServer, search, type FakeServer } from './simulation.ts';

const SEARCHES = 300;
/** Of 300 intervals at 95 %, fewer than 274 that cover come about by chance once in a hundred (binomial). */
const FEWEST = 274;

/** Where the median trial meets the limit: p99 = base + perClient x clients = 100 ms. */
const FAN_OUT = (100 - 3) / 0.0085;

const SERVERS: readonly (readonly [name: string, server: FakeServer, truth: number])[] = [
  ['calm', fanOutServer(0.03), FAN_OUT],
  ['usual', fanOutServer(0.08), FAN_OUT],
  ['noisy', fanOutServer(0.2), FAN_OUT],
  ['whose p99 hardly rises', fanOutServer(0.05, { baseMs: 80, perClientMs: 0.002 }), 10_000],
  ['with a cliff', cliffServer(0.02, 14_000), 14_000],
  ['with a cliff that is elsewhere each time', cliffServer(0.2, 14_000), 14_000],
  ['whose figure has a floor', floorServer(0.1, 14_000), 14_000],
  ['that only tells whether it held', countingServer(0.1, 14_000), 14_000],
];

for (const [name, server, truth] of SERVERS) {
  test(`the interval of a server ${name} covers the truth as often as it says`, () => {
    let found = 0;
    let covered = 0;
    for (let seed = 1; seed <= SEARCHES; seed++) {
      const { end } = search(server, seed);
      if (end.type !== 'boundary') continue;
      found++;
      if (end.boundary.low <= truth && truth <= end.boundary.high) covered++;
    }
    assert.ok(found >= SEARCHES * 0.98, `${found} of ${SEARCHES} searches found a boundary`);
    assert.ok(covered >= FEWEST - (SEARCHES - found), `${covered} of ${found} intervals cover ${truth}`);
  });
}
