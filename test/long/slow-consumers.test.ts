// 500 clients that never read beside 500 that do: what `npm test` tries with a few, at the size that counts. In a network of its
// own whose sockets buffer little: elsewhere the kernel takes up to 4 MiB for each of them before the server queues a byte.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { inNamespace, withoutNamespace } from '../helpers/namespace.ts';
import type { Figures } from './slow-consumers/measure.ts';

const LAZY = 500;
const SMALL_BUFFERS = [
  'ip link set lo up',
  'echo 4096 16384 65536 > /proc/sys/net/ipv4/tcp_wmem',
  'echo 4096 16384 65536 > /proc/sys/net/ipv4/tcp_rmem',
];
const MEASURE = fileURLToPath(new URL('slow-consumers/measure.ts', import.meta.url));

const ms = (us: number): string => `${(us / 1000).toFixed(1)} ms`;
const mib = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(1)} MiB`;

test(
  `${LAZY} clients that never read cost no memory and no punctuality`,
  { timeout: 180_000, skip: withoutNamespace(['net'], ...SMALL_BUFFERS) },
  async (t) => {
    const [command, ...args] = [...inNamespace(['net'], ...SMALL_BUFFERS), process.execPath, MEASURE];
    const { stdout } = await promisify(execFile)(command, args, { signal: t.signal });
    const { alone, besideLazy, heldBytes, rssBytes, slowConsumersCut } = JSON.parse(stdout) as Figures;
    t.diagnostic(
      `p50 ${ms(alone.p50Us)} and p99 ${ms(alone.p99Us)} alone, ${ms(besideLazy.p50Us)} and ${ms(besideLazy.p99Us)} beside them; ` +
        `held ${mib(heldBytes.before)} at first, ${mib(heldBytes.most)} at most ` +
        `(RSS ${mib(rssBytes.before)}, ${mib(rssBytes.most)}); ${slowConsumersCut} cut`,
    );
    for (const { missed, lost } of [alone, besideLazy]) assert.deepEqual([missed, lost], [0, []]);
    assert.ok(slowConsumersCut >= 2 * LAZY, `${slowConsumersCut} were cut`);
    assert.ok(heldBytes.most < heldBytes.before * 1.1, 'the memory is flat within a tenth');
    assert.ok(besideLazy.p99Us < alone.p99Us * 2, 'p99 is within twice what it is alone');
  },
);
