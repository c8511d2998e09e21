import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Cell, Settings } from '../../../bench/result/schema.ts';
import { timing } from '../../../bench/trial/timing.ts';

const target = (path: string) => ({
  name: 'x',
  start: { command: ['x'] },
  publish: 'stdin' as const,
  transports: { 'long-polling': { path } },
});
const settings = (path: string): Settings => ({
  warmupMs: 1000,
  durationMs: 3000,
  blocks: 1,
  agents: 2,
  rampPerSecond: 1000,
  serverWorkers: 1,
  pin: false,
  pollLatest: false,
  seed: 1,
  targets: [target(path)],
});
const cell = (transport: string, rateHz: number): Cell => ({
  transport,
  clients: 2000,
  rateHz,
  payloadBytes: 128,
  pollIntervalMs: null,
  driver: 'lean',
  fanOut: 'prepared',
});

test('a ramp lasts as its pace says, and longer where first requests are held until a tick', () => {
  const rampMs = (transport: string, rateHz: number, path: string) =>
    timing(cell(transport, rateHz), settings(path)).rampMs;
  assert.equal(rampMs('long-polling', 0.5, '/held'), 2000);
  assert.equal(rampMs('x:long-polling', 0.5, '/new?after={after}'), 2000, 'the newest tick is given at once');
  assert.equal(
    rampMs('x:long-polling', 0.5, '/held'),
    6000,
    'a thousand an agent, 512 at a time, and the tick to come',
  );
  assert.equal(rampMs('x:long-polling', 10, '/held'), 2000);
});
