import assert from 'node:assert/strict';
import { test } from 'node:test';
import { publish } from '../../../bench/target/publisher.ts';
import { serverConfig } from '../../../server/config.ts';

test('a server that opens another port than its own is told so, with the one that it has', async () => {
  const script = "require('node:net').createServer().listen(0, '127.0.0.1', () => console.log('ready'))";
  const target = { name: 'x', start: { command: ['node', '-e', script] }, publish: 'stdin' as const, transports: {} };
  await assert.rejects(
    publish(serverConfig({ host: '127.0.0.1', port: 0 }), { target, cores: [] }, 1500),
    /runs, but after 1\.5 s nothing listens on 127\.0\.0\.1:\d+, but on 127\.0\.0\.1:\d+\. Let it listen on the port .* It said: ready/,
  );
});
