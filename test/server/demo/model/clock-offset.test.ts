import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { estimateOffset } from '../../../../server/demo/model/clock-offset.ts';

test('the exchange with the smallest round trip decides, and half of it is the bound', () => {
  const estimate = estimateOffset(
    [
      { askedUs: 0, serverReceivedUs: 1_005_000, serverSentUs: 1_005_100, answeredUs: 9000 },
      { askedUs: 20_000, serverReceivedUs: 1_020_400, serverSentUs: 1_020_500, answeredUs: 20_900 },
    ],
    100,
  );
  assert.deepEqual(estimate, { offsetUs: 1_000_000, boundUs: 500 });
});

test('without an exchange there is no estimate', () => {
  assert.equal(estimateOffset([], 5), undefined);
});

test('however long each way takes, the true offset lies within the bound', () => {
  const way = fc.integer({ min: 0, max: 50_000 });
  const exchange = fc.record({ at: fc.nat(1e6), there: way, work: fc.nat(500), back: way });
  fc.assert(
    fc.property(
      fc.integer({ min: -1e9, max: 1e9 }),
      fc.array(exchange, { minLength: 1, maxLength: 20 }),
      (offset, all) => {
        const estimate = estimateOffset(
          all.map(({ at, there, work, back }) => ({
            askedUs: at,
            serverReceivedUs: at + there + offset,
            serverSentUs: at + there + work + offset,
            answeredUs: at + there + work + back,
          })),
          0,
        )!;
        assert.ok(Math.abs(estimate.offsetUs - offset) <= estimate.boundUs);
        assert.ok(all.every(({ there, back }) => estimate.boundUs <= (there + back) / 2));
      },
    ),
  );
});
