// A network between server and clients, made by the command line for each trial.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { networkMeans } from '../../bench/machine/network/means.ts';
import type { RunResult } from '../../bench/result/schema.ts';
import { startCommandLine } from '../helpers/command-line.ts';
import { childrenOf, commandOf, isRunning } from '../helpers/processes.ts';
import { temporaryFolder } from '../helpers/temporary.ts';
import { until } from '../helpers/until.ts';

const means = networkMeans();
const skip = 'problem' in means ? `no network can be made here: ${means.problem}` : false;

const SERVER = 'node test/fixtures/servers/lines.mjs {port} greets';
const WIRE = 'bench/machine/network/main.ts';

function start(t: TestContext, args: readonly string[]) {
  const out = join(temporaryFolder(t), 'run');
  const flags = ['run', '--quick', '--rate', '20', '--clients', '20', '--warmup', '200ms', '--pin', 'off', '--shared'];
  const started = startCommandLine(t, [...flags, '--out', out, ...args]);
  return { ...started, result: () => JSON.parse(readFileSync(join(out, 'result.json'), 'utf8')) as RunResult };
}

test(
  '20 ms each way are in every delivery, of the built-in server and of one that is not ours',
  { skip },
  async (t) => {
    const { ended, output, result } = start(t, [
      '--network',
      'none,20ms',
      '--duration',
      '500ms',
      '--transports',
      'sse,long-polling',
      '--sse',
      '/events',
      '--start',
      SERVER,
    ]);
    // on a machine that is busy the wire may be late, which is told
    assert.ok([0, 3].includes((await ended)!), output.stderr);
    const { trials, comparisons } = result();
    assert.equal(trials.length, 6);
    for (const { cell, ledger, latencyUs, network } of trials) {
      const name = `${cell.transport} ${cell.network ?? 'none'}`;
      assert.deepEqual([ledger.missed, ledger.delivered], [0, ledger.expected], name);
      if (!cell.network) {
        assert.ok(latencyUs.min < 20_000, name);
        assert.equal(network, undefined, name);
        continue;
      }
      assert.ok(latencyUs.min >= 20_000, `${name}: ${latencyUs.min} us at least`);
      assert.ok(network!.towardsClients.packets > 0 && network!.towardsClients.lost === 0, name);
    }
    for (const { load, a, b } of comparisons) assert.ok(a !== b, `compared within ${load.network ?? 'none'}`);
    assert.match(output.stderr, /mine:sse 20ms/);
  },
);

test('what is lost on the way is sent again: late, and missing to nobody', { skip }, async (t) => {
  const { ended, output, result } = start(t, ['--network', '5ms/10%', '--transports', 'sse', '--duration', '2s']);
  await ended;
  const [trial] = result().trials;
  assert.equal(trial!.ledger.missed, 0, output.stderr);
  assert.ok(trial!.network!.towardsClients.lost > 0);
  assert.ok(trial!.bytes.retransmitted! > 0);
  assert.ok(trial!.latencyUs.p99 > 50_000, `p99 ${trial!.latencyUs.p99} us: waits for a repetition`);
});

test('the network goes with the controller, however that ends', { skip }, async (t) => {
  const { child, ended } = start(t, ['--network', '5ms', '--transports', 'sse', '--duration', '30s']);
  const parts = () => childrenOf(child.pid!);
  await until(() => parts().some((pid) => commandOf(pid).includes('bench/agent/main.ts')), 'agents run');
  const all = parts();
  assert.ok(all.some((pid) => commandOf(pid).includes(WIRE)));
  child.kill('SIGKILL');
  await ended;
  await until(() => all.every((pid) => !isRunning(pid)), 'nothing of the run is left');
});
