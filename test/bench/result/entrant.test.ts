import assert from 'node:assert/strict';
import { test } from 'node:test';
import { entrantsOf, lookOf, targetOf } from '../../../bench/result/entrant.ts';
import type { Target } from '../../../bench/result/target.ts';
import { TRAITS, targetNameOf, traitsOf, transportOf } from '../../../server/transports/traits.ts';

const target = (name: string, title?: string): Target => ({
  name,
  ...(title ? { title } : {}),
  start: { command: ['x'] },
  publish: 'stdin',
  transports: { sse: { path: '/events' }, websocket: { path: '/ws' } },
});
const settings = { targets: [target('go', 'Go'), target('bun')] };

test('an entrant is a transport, of the built-in server or after the name of another', () => {
  assert.deepEqual([transportOf('sse'), transportOf('go:sse'), transportOf('go:carrier-pigeon')], ['sse', 'sse', null]);
  assert.deepEqual([targetNameOf('sse'), targetNameOf('go:sse')], [null, 'go']);
  assert.equal(traitsOf('go:long-polling')?.asks, 'at-once');
  assert.equal(targetOf('sse', settings), undefined);
  assert.equal(targetOf('bun:sse', settings)?.name, 'bun');
  assert.deepEqual(entrantsOf(settings.targets[0]!, ['polling', 'websocket', 'sse']), ['go:websocket', 'go:sse']);
  const asked = { ...target('old'), transports: { polling: { path: '/' }, 'long-polling': { path: '/' } } };
  assert.deepEqual(entrantsOf(asked, ['sse', 'long-polling', 'polling']), ['old:long-polling', 'old:polling']);
});

test("colour and shape are the transport's; label and dash tell the server", () => {
  const looks = ['sse', 'go:sse', 'bun:sse'].map((entrant) => lookOf(entrant, settings));
  assert.deepEqual(
    looks.map(({ id, label }) => [id, label]),
    [
      ['sse', 'SSE'],
      ['go:sse', 'Go SSE'],
      ['bun:sse', 'bun SSE'],
    ],
  );
  for (const { colour, shape } of looks)
    assert.deepEqual([colour, shape], [TRAITS.sse.look.colour, TRAITS.sse.look.shape]);
  assert.equal(new Set(looks.map(({ dash }) => JSON.stringify(dash))).size, 3);
  assert.equal(lookOf('carrier-pigeon', settings).label, 'carrier-pigeon');
});
