import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { ServerConfig } from '../../server/config.ts';
import { ServerGroup } from '../../bench/trial/server-group.ts';

/** Starts a server as a process of its own, which ends with the test. */
export async function startServerProcess(t: TestContext, config: Partial<ServerConfig>): Promise<ServerGroup> {
  const server = await ServerGroup.start(config, [null]);
  assert.ok(server instanceof ServerGroup, 'the server has started');
  t.after(() => server.stop(5000));
  return server;
}
