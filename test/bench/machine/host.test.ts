import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseListenOverflows } from '../../../bench/machine/host.ts';

test('overflows of listen queues are read by name; null where they are not told', () => {
  const netstat =
    'TcpExt: SyncookiesSent ListenOverflows ListenDrops\nTcpExt: 5 114 115\nIpExt: InNoRoutes\nIpExt: 7\n';
  assert.equal(parseListenOverflows(netstat), 114);
  assert.equal(parseListenOverflows('TcpExt: SyncookiesSent\nTcpExt: 5\n'), null);
  assert.equal(parseListenOverflows(null), null);
});
