import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PageLoad } from '../../../report/page-data.ts';
import { expectedAt } from '../../../report/chooser/evidence.ts';
import { pageOf } from './page.ts';

const near = (actual: number, expected: number, what: string) =>
  assert.ok(Math.abs(actual - expected) <= 1e-6 * Math.abs(expected) + 1e-9, `${what}: ${actual}, not ${expected}`);

const at = (clients: number, rateHz = 10, payloadBytes = 128) => ({ clients, rateHz, payloadBytes });

test('where the load was measured the figures are the measured ones', () => {
  const data = pageOf({ rows: { sse: { addedMs: 7, cores: 0.12, memory: 6000, bytes: 149 } } });
  const [sse] = expectedAt(data, at(1000));
  assert.equal(sse?.basis.kind, 'measured');
  near(sse?.ageMs ?? 0, 99 + 7, 'age');
  near(sse?.cores ?? 0, 0.12, 'cores');
  near(sse?.memoryBytes ?? 0, 6_000_000, 'memory');
  near(sse?.bytesPerSecond ?? 0, 149 * 10 * 1000, 'bytes');
});

test('between measured loads figures are on the straight line, and all corners must be there', () => {
  const data = pageOf(
    { clients: 1000, rateHz: 10, rows: { sse: { addedMs: 10, cores: 0.1 } } },
    { clients: 3000, rateHz: 10, rows: { sse: { addedMs: 30, cores: 0.3 } } },
    { clients: 1000, rateHz: 20, rows: { sse: { addedMs: 12, cores: 0.2 } } },
    { clients: 3000, rateHz: 20, rows: { sse: { addedMs: 36, cores: 0.6 } } },
  );
  const [line] = expectedAt(data, at(2000));
  assert.equal(line?.basis.kind, 'interpolated');
  near(line?.ageMs ?? 0, 99 + 20, 'age');
  near(line?.cores ?? 0, 0.2, 'cores');
  const [plane] = expectedAt(data, at(2000, 15));
  near(plane?.ageMs ?? 0, (1000 / 15) * 0.99 + 22, 'the design follows the rate exactly, the rest is between');
  near(plane?.cores ?? 0, 0.3, 'cores');

  const torn = { ...data, loads: data.loads.slice(0, 3) };
  assert.equal(expectedAt(torn, at(2000, 15))[0]?.basis.kind, 'extrapolated');
});

test('a corner without a valid trial is no corner', () => {
  const data = pageOf(
    { clients: 1000, rows: { sse: {} } },
    { clients: 3000, rows: { sse: { usable: false } } },
    { clients: 5000, rows: { sse: {} } },
  );
  const [sse] = expectedAt(data, at(3000));
  assert.equal(sse?.basis.kind, 'interpolated', 'between its neighbours, though it was run');
});

test('beyond what was measured the nearest cell is carried on, on the side of caution', () => {
  const data = pageOf({
    rows: { sse: { addedMs: 10, cores: 0.1 }, polling: { addedMs: 10, cores: 0.2, pollIntervalMs: 1000 } },
  });
  const [sse, polling] = expectedAt(data, at(4000, 1));
  assert.equal(sse?.basis.kind, 'extrapolated');
  assert.equal(sse?.basis.kind === 'extrapolated' && sse.basis.from.clients, 1000);
  near(sse?.ageMs ?? 0, 990 + 40, 'a fan-out to four times the clients takes four times as long');
  near(sse?.cores ?? 0, 0.04, 'a push costs by the tick');
  near(polling?.cores ?? 0, 0.8, 'a poll is made whether or not there is a tick');
});

test('a slower feed makes no server slower: only the design part of the age grows', () => {
  const data = pageOf({ rows: { sse: { addedMs: 10 } } });
  const [slow] = expectedAt(data, at(1000, 1));
  near(slow?.designMs ?? 0, 990, 'design');
  near((slow?.ageMs ?? 0) - (slow?.designMs ?? 0), 10, 'added');
});

test('cells of another driver or fan-out do not mix with those shown first', () => {
  const data = pageOf({ rows: { sse: {} } }, { clients: 2000, rows: { sse: {} } });
  const other = (load: PageLoad): PageLoad => ({ ...load, fanOut: 'idiomatic' });
  const mixed = { ...data, loads: data.loads.map((load, i) => (i === 0 ? load : other(load))) };
  assert.equal(expectedAt(mixed, at(2000))[0]?.basis.kind, 'extrapolated');
});
