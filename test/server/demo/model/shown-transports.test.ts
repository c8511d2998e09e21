import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shownTransports } from '../../../../server/demo/model/shown-transports.ts';

test('a page shows the default transports, and those that its address asks for and that there are', () => {
  const four = ['polling', 'long-polling', 'sse', 'websocket'];
  assert.deepEqual(shownTransports(''), four);
  assert.deepEqual(shownTransports('?with=stream'), [...four, 'stream']);
  assert.deepEqual(shownTransports('?with=carrier-pigeon,sse'), four);
});
