import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { cellKey, loadKey, varying } from '../../../bench/result/cell.ts';
import {
  formatNetwork,
  MAX_BITS_PER_SECOND,
  MAX_DELAY_MS,
  MIN_BITS_PER_SECOND,
  networkWords,
  parseNetwork,
  type Network,
} from '../../../bench/result/network.ts';
import type { Cell } from '../../../bench/result/schema.ts';

const networks: fc.Arbitrary<Network> = fc
  .record({
    delay: fc.integer({ min: 0, max: MAX_DELAY_MS * 10 }),
    jitter: fc.integer({ min: 0, max: MAX_DELAY_MS * 10 }),
    loss: fc.integer({ min: 0, max: 500 }),
    bitsPerSecond: fc.option(fc.integer({ min: MIN_BITS_PER_SECOND, max: MAX_BITS_PER_SECOND })),
  })
  .map(({ delay, jitter, loss, bitsPerSecond }) => ({
    delayMs: delay / 10,
    jitterMs: Math.min(delay, jitter) / 10,
    loss: loss / 1000,
    bitsPerSecond,
  }));

test('what is written of a network is read back as the same network', () => {
  fc.assert(
    fc.property(networks, (network) => {
      const parsed = parseNetwork(formatNetwork(network));
      assert.deepEqual('value' in parsed && parsed.value, network, formatNetwork(network));
    }),
  );
});

test('a network has one name, however it is written', () => {
  const nameOf = (text: string) => {
    const parsed = parseNetwork(text);
    return 'value' in parsed ? formatNetwork(parsed.value) : parsed.problem;
  };
  assert.equal(nameOf('40ms'), '40ms');
  assert.equal(nameOf('0.04s+-10ms/1.0%/10000kbit'), '40ms±10ms/1%/10mbit');
  assert.equal(nameOf('40ms±0ms/0%'), '40ms');
  assert.equal(nameOf('0ms/0.1%'), '0ms/0.1%');
});

test('what is no network, or more than is allowed, is told', () => {
  for (const [text, problem] of [
    ['40', /begin with a delay/],
    ['1%', /begin with a delay/],
    ['40ms/10mbit/1%', /neither a loss/],
    ['40ms/1%/1%', /neither a loss/],
    ['40ms/1%/10mbit/x', /neither a loss/],
    ['2s', /above 1s/],
    ['10ms±20ms', /more jitter/],
    ['40ms/60%', /more than 50%/],
    ['40ms/10kbit', /100kbit/],
    ['-1ms', /begin with a delay/],
  ] as const) {
    const parsed = parseNetwork(text);
    assert.match('problem' in parsed ? parsed.problem : 'was read', problem, text);
  }
});

test('in words it says that everything holds each way', () => {
  assert.equal(networkWords('40ms±10ms/1%/10mbit'), '40 ms ± 10 ms each way, 1 % lost, 10 Mbit/s');
  assert.equal(networkWords('from another version'), 'from another version');
});

test('cells of before keep their keys, and those of different networks differ', () => {
  const cell: Cell = {
    transport: 'sse',
    clients: 1000,
    rateHz: 10,
    payloadBytes: 128,
    pollIntervalMs: null,
    driver: 'lean',
    fanOut: 'prepared',
  };
  const far = { ...cell, network: '40ms' };
  assert.equal(loadKey(cell), '1000/10/128/lean/prepared');
  assert.equal(loadKey(far), '1000/10/128/lean/prepared/40ms');
  assert.equal(cellKey(cell), cellKey({ ...cell, network: null }));
  assert.notEqual(cellKey(cell), cellKey(far));
  assert.deepEqual([...varying([cell, far])], ['network']);
  assert.deepEqual([...varying([cell, { ...cell, network: null }])], []);
});
