import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startOwned } from '../../../bench/machine/owned-process.ts';
import { whenOpen } from '../../../bench/machine/when-open.ts';
import { freePort } from '../../../server/free-port.ts';

test('a server that opens another port than its own is told so, with the one that it has', async (t) => {
  const script = "require('node:net').createServer().listen(0, '127.0.0.1', () => console.log('ready'))";
  const owned = startOwned([process.execPath, '-e', script], { cwd: process.cwd(), env: process.env });
  t.after(() => owned.stop('SIGTERM', 1000));
  await assert.rejects(
    whenOpen('127.0.0.1', await freePort('127.0.0.1'), owned, 'it', 'Let it listen there', 1500),
    /runs, but after 1\.5 s nothing listens on 127\.0\.0\.1:\d+, but on 127\.0\.0\.1:\d+\. Let it listen there\. It said: ready/,
  );
});
