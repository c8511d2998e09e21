// Clients that come through a real proxy: what it spoils is found, and the line to change named. What is not installed is skipped.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { waysOf, type WayFigures } from '../../bench/judge/ways.ts';
import { PROGRAMS } from '../../bench/proxy/programs.ts';
import { listProcesses } from '../../bench/machine/processes.ts';
import type { ProxyProgram } from '../../bench/result/proxy.ts';
import type { RunResult } from '../../bench/result/schema.ts';
import { readResult } from '../../bench/result/store.ts';
import { small, startCommandLine } from '../helpers/command-line.ts';
import { temporaryFolder } from '../helpers/temporary.ts';
import { until } from '../helpers/until.ts';

const without = (program: ProxyProgram) => {
  const [command, ...args] = PROGRAMS[program].version;
  return spawnSync(command!, args).error ? `${program} is not installed: ${PROGRAMS[program].install}` : false;
};

async function runThrough(t: TestContext, args: readonly string[]) {
  const out = join(temporaryFolder(t), 'run');
  const { ended, output, child } = startCommandLine(t, [
    'run',
    '--quick',
    '--rate',
    '20',
    ...small(),
    '--out',
    out,
    ...args,
  ]);
  const result = () => JSON.parse(readFileSync(join(out, 'result.json'), 'utf8')) as RunResult;
  return { ended, output, child, result };
}

/** By entrant. */
async function waysThrough(t: TestContext, via: string, args: readonly string[]): Promise<Map<string, WayFigures>> {
  const { ended, output, result } = await runThrough(t, ['--via', via, ...args]);
  await ended;
  assert.ok(output.stdout.includes('Through proxies:'), output.stderr);
  return new Map(waysOf(result()).map((way) => [way.cell.transport, way]));
}

const settings = (way: WayFigures | undefined) => way!.advice.map(({ setting }) => setting);

const LINES = [
  '--start',
  'node test/fixtures/servers/lines.mjs {port}',
  '--sse',
  '/events',
  '--ws',
  '/ws',
  '--transports',
  'sse,websocket',
];

test(
  'nginx as it comes holds streams back and refuses WebSocket: both lines are named; tuned it does neither',
  { skip: without('nginx') },
  async (t) => {
    const ways = await waysThrough(t, 'nginx:stock,nginx:tuned', LINES);
    assert.deepEqual(settings(ways.get('nginx:stock/mine:sse')), ['proxy_buffering off;']);
    assert.match(
      settings(ways.get('nginx:stock/mine:websocket')).join(),
      /^proxy_http_version 1\.1; proxy_set_header Upgrade/,
    );
    for (const id of ['mine:sse', 'mine:websocket', 'sse', 'websocket']) {
      const way = ways.get(`nginx:tuned/${id}`)!;
      assert.deepEqual([way.connectedShare, way.dropped, settings(way)], [1, 0, []], id);
      assert.ok(way.cpuPerDeliveryUs!.median > 0 && way.rssPerClientBytes! > 0, id);
    }
    assert.deepEqual(
      settings(ways.get('nginx:stock/sse')),
      ['proxy_http_version 1.1;'],
      'the built-in server says so itself',
    );
  },
);

test(
  'HAProxy as it comes holds each tick back for a moment: the line is named; tuned it does not',
  { skip: without('haproxy') },
  async (t) => {
    const ways = await waysThrough(t, 'haproxy:stock,haproxy:tuned', ['--transports', 'sse,websocket']);
    assert.deepEqual(settings(ways.get('haproxy:stock/sse')), ['option http-no-delay']);
    assert.deepEqual(settings(ways.get('haproxy:stock/websocket')), []);
    assert.deepEqual(settings(ways.get('haproxy:tuned/sse')), []);
  },
);

test(
  'a configuration that is refused is told in the words of the proxy, with exit 2; what is not installed with exit 6',
  { skip: without('nginx') },
  async (t) => {
    const file = join(temporaryFolder(t), 'nginx.conf');
    writeFileSync(
      file,
      'events { worker_conections 10; }\nhttp { server { listen {listen}; location / { proxy_pass http://{upstream}; } } }',
    );
    const refused = await runThrough(t, ['--transports', 'sse', '--via', `nginx:${file}`]);
    assert.equal(await refused.ended, 2, refused.output.stderr);
    assert.match(refused.output.stderr, /nginx refuses its configuration: .*unknown directive "worker_conections"/s);
    const out = join(temporaryFolder(t), 'run');
    const env = { PATH: join(process.execPath, '..') };
    const missing = startCommandLine(
      t,
      ['run', '--quick', ...small(), '--out', out, '--transports', 'sse', '--via', 'haproxy'],
      { env },
    );
    assert.equal(await missing.ended, 6, missing.output.stderr);
    assert.match(missing.output.stderr, /HAProxy cannot be started .*Install it: apt-get install haproxy/);
  },
);

test(
  'a proxy that dies in mid-trial spoils that attempt, which is run again',
  { skip: without('nginx') },
  async (t) => {
    const isProxy = (pid: number) => {
      try {
        return /nginx: master.*pushbench-proxy-/.test(readFileSync(`/proc/${pid}/cmdline`, 'latin1'));
      } catch {
        return false;
      }
    };
    const before = new Set([...listProcesses().keys()].filter(isProxy));
    const out = join(temporaryFolder(t), 'run');
    const flags = [
      ...small(),
      '--blocks',
      '2',
      '--transports',
      'sse',
      '--via',
      'nginx',
      '--progress',
      'json',
      '--out',
      out,
    ];
    const { ended, output } = startCommandLine(t, flags);
    await until(() => /"phase":"measure"/.test(output.stdout + output.stderr), 'the window', 20_000);
    const pid = [...listProcesses().keys()].find((one) => isProxy(one) && !before.has(one));
    process.kill(-pid!, 'SIGKILL'); // its worker would go on without it
    await ended;
    const [first, second] = readResult(join(out, 'result.json')).trials;
    assert.deepEqual(first!.validity.reasons.map(({ code }) => code).slice(0, 1), ['PROXY_LOST']);
    assert.equal(second!.attempt, 2);
    assert.equal(second!.ledger.missed, 0);
  },
);
