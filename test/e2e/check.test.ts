// A server looked at before it is measured: each thing that can be wrong with it is told apart from the others.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { listProcesses } from '../../bench/machine/processes.ts';
import type { CheckedTarget } from '../../bench/trial/target-check.ts';
import { ROOT, startCommandLine } from '../helpers/command-line.ts';
import { temporaryFolder } from '../helpers/temporary.ts';

const SERVER = 'node test/fixtures/servers/lines.mjs {port}';

async function check(t: TestContext, args: readonly string[]) {
  const { ended, output } = startCommandLine(t, ['check', ...args]);
  const code = await ended;
  return { code, ...output };
}

const PATHS = { sse: '/events', websocket: '/ws', 'long-polling': '/poll?after={after}' } as const;

/** One that is wrong, what is asked of it, and what must be said. */
type Wrong = readonly [name: string, fault: string, transport: keyof typeof PATHS, code: string, says: RegExp];

const WRONG: readonly Wrong[] = [
  ['unauthorized', 'status-401', 'sse', 'HTTP_401', /answered 401 to GET \/events: it wants to know who asks/],
  ['forbidden', 'status-403', 'sse', 'HTTP_403', /answered 403 .* Let in whoever comes from 127\.0\.0\.1/],
  ['moved', 'status-302', 'sse', 'HTTP_302', /it redirects to \/elsewhere, and clients do not follow/],
  ['broken', 'status-503', 'sse', 'HTTP_503', /it failed, saying 'no pool of connections\\n'/],
  [
    'not-upgraded',
    'no-upgrade',
    'websocket',
    'HTTP_426',
    /answered 426 to GET \/ws with Upgrade: .* refused the upgrade/,
  ],
  ['silent', 'mute', 'sse', 'NO_ANSWER', /no answer to a client within 3 s\. Send the head/],
  ['gzip', 'gzip', 'sse', 'COMPRESSED', /compressed \(content-encoding: gzip\), and no client asked for that/],
  ['brotli', 'br', 'sse', 'COMPRESSED', /content-encoding: br/],
  ['plain', 'plain', 'sse', 'CONTENT_TYPE', /answered with text\/plain, .* Set content-type: text\/event-stream/],
  ['ends', 'ends', 'sse', 'STREAM_END', /it let a client go: .* Keep the connection open/],
  ['crashes', 'crashes', 'sse', 'TARGET_LOST', /ended with code 4\. It said: panic: no client was expected/],
  ['base64', 'base64', 'sse', 'DISGUISED', /ticks come in base64\. Send each line of standard input as it is/],
  ['base64-ws', 'base64', 'websocket', 'DISGUISED', /ticks come in base64/],
  ['cuts', 'cuts', 'sse', 'ALTERED', /cut short: of 117 bytes from pb1_ on 91 came/],
  ['garbles', 'garbles', 'websocket', 'ALTERED', /at byte 115 from pb1_ on stands '.*~_' instead of/],
  ['numbers', 'numbers', 'sse', 'NO_TICK', /messages come, but none has a tick in it: '\d+'/],
  ['typed', 'typed', 'sse', 'EVENT_TYPE', /events of type 'tick'.* Leave out the line event:/],
  ['halves', 'halves', 'sse', 'NO_MESSAGE', /no whole message: 'data: .* an empty line after it/],
  ['one-client', 'one-client', 'websocket', 'ONE_CLIENT', /ticks come to one client only/],
  ['in-turn', 'in-turn', 'sse', 'ONE_CLIENT', /ticks come to one client only/],
  [
    'buffers',
    'buffers:2048',
    'sse',
    'HELD',
    /several at once, the first of them \d+ ms late: a buffer .* a proxy .* compression/,
  ],
  ['spins', 'none', 'long-polling', 'NOT_HELD', /answers without a new tick in \d+ ms: a long poll is held/],
  ['twice', 'repeats:1', 'sse', 'TWICE', /each tick comes twice/],
  ['twice-at-times', 'repeats:3', 'sse', 'TWICE', /of \d ticks to 3 clients, \d+ in all, \d+ came twice/],
  ['drops', 'drops:3', 'sse', 'MISSED', /\d+ never came/],
  ['alters', 'alters:3', 'sse', 'ALTERED', /\d+ came altered/],
  ['swaps', 'swaps:3', 'websocket', 'DISORDER', /\d+ came after a later one/],
];

/** Target files, in a folder of their own. */
function written(t: TestContext, targets: readonly object[]): string {
  const folder = temporaryFolder(t);
  const paths = targets.map((_, index) => join(folder, `${index}.json`));
  for (const [index, path] of paths.entries()) writeFileSync(path, JSON.stringify(targets[index]));
  return paths.join(',');
}

const lines = (fault = 'none') => ({
  command: ['node', join(ROOT, 'test/fixtures/servers/lines.mjs'), '{port}', fault],
});

/** Several at a time, since most of it is waiting. */
const AT_A_TIME = 4;

describe('what is wrong is told apart, with what to do', { concurrency: AT_A_TIME }, () => {
  for (let part = 0; part < AT_A_TIME; part++) {
    const some = WRONG.filter((_, index) => index % AT_A_TIME === part);
    test(some.map(([name]) => name).join(', '), async (t) => {
      const files = written(
        t,
        some.map(([name, fault, transport]) => ({
          name,
          start: lines(fault),
          publish: 'stdin',
          transports: { [transport]: { path: PATHS[transport] } },
        })),
      );
      const { code, stdout, stderr } = await check(t, ['--targets', files, '--json']);
      assert.equal(code, 5, stderr);
      const { targets } = JSON.parse(stdout) as { targets: CheckedTarget[] };
      for (const [name, , transport, fault, says] of some) {
        const seen = targets.find((target) => target.name === name)!.transports;
        const one = seen.find(({ entrant }) => entrant === `${name}:${transport}`)!;
        assert.equal(one.fault?.code, fault, `${name}: ${one.fault?.says}`);
        assert.match(one.fault.says, says, name);
      }
    });
  }
});

test('a server that cannot be looked at is told as well, and those beside it are looked at', async (t) => {
  const transports = { websocket: { path: '/ws' } };
  const files = written(t, [
    { name: 'absent', start: { command: ['./no-such-server'] }, publish: 'stdin', transports },
    { name: 'exits', start: lines('exits'), publish: 'stdin', transports },
    { name: 'open-door', start: lines('open-door'), publish: 'stdin', transports },
    { name: 'unbuilt', start: { ...lines(), build: ['node', '-e', 'throw 1'] }, publish: 'stdin', transports },
    { name: 'unheard', start: lines(), publish: { http: { path: '/nowhere' } }, transports },
    {
      name: 'refuses',
      start: lines('refuses'),
      publish: 'stdin',
      transports: { websocket: { path: '/ws', open: [{ send: 'hello' }, { expect: 'welcome' }] } },
    },
    { name: 'well', start: lines('greets'), publish: 'stdin', transports },
  ]);
  const { code, stdout } = await check(t, ['--targets', files, '--json']);
  assert.equal(code, 5);
  const { targets } = JSON.parse(stdout) as { targets: CheckedTarget[] };
  const said = (name: string) => {
    const one = targets.find((target) => target.name === name)!;
    return one.fault?.says ?? one.transports[0]!.fault?.says ?? 'fine';
  };
  assert.match(said('absent'), /no-such-server' cannot be started: .* is not there/);
  assert.match(said('exits'), /ended with code 3\. It said: no configuration found/);
  assert.match(said('open-door'), /listens on 0\.0\.0\.0:\d+, .* let it listen on 127\.0\.0\.1/);
  assert.match(said('unbuilt'), /unbuilt: 'node -e throw 1' failed/);
  assert.match(said('unheard'), /could not be published to POST \/nowhere: the server answered 404/);
  assert.match(
    said('refuses'),
    /waits for a message with 'welcome' in it, .* what came is '\{"error":"who are you\?"\}'/,
  );
  assert.equal(said('well'), 'fine');
});

test('what is on the wire is shown, and where the tick is in it; nothing is left running', async (t) => {
  const isOurs = (pid: number) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`greets:${process.pid}`);
    } catch {
      return false;
    }
  };
  const { code, stdout, stderr } = await check(t, [
    '--start',
    `${SERVER} greets:${process.pid}`,
    '--sse',
    '/events',
    '--ws',
    '/ws',
  ]);
  assert.equal(code, 0, stderr);
  assert.match(
    stdout,
    /mine:sse {2}GET \/events\n {2}answer {2}HTTP\/1\.1 200 OK\n {10}content-type: text\/event-stream\n/,
  );
  assert.match(stdout, / {2}first {3}data:\s+\{"channel":"ticks","data":"\{\\"tick\\":\\"pb1_\d+_/);
  assert.match(
    stdout,
    /tick {4}at byte \d+ of \d+, between '\{"channel":"ticks","data":"\{\\"tick\\":\\"' and '\\"\}"\}'/,
  );
  assert.match(stdout, /ticks {3}of 5 ticks 5 to each of 3 clients; 0 missing, 0 duplicate, 0 corrupt, 0 out of order/);
  assert.match(stdout, /late {4}first client [\d.]+ ms, last client [\d.]+ ms/);
  assert.match(stdout, /mine:sse: fine\n[^]*mine:websocket: fine/);
  assert.deepEqual([...listProcesses().keys()].filter(isOurs), []);
});

test('what is not good but works is fine, with a hint; the built-in server is looked at like any other', async (t) => {
  const held = await check(t, ['--start', `${SERVER} no-head`, '--sse', '/events']);
  assert.equal(held.code, 0);
  assert.match(held.stdout, /fine, but the head of the answer comes with the first tick alone/);
  const slow = await check(t, ['--start', `${SERVER} slow`, '--ws', '/ws']);
  assert.equal(slow.code, 0);
  assert.match(slow.stdout, /fine, but a tick takes \d+ ms with nothing else to do/);
  const builtin = await check(t, ['builtin']);
  assert.equal(builtin.code, 0, builtin.stdout);
  assert.match(builtin.stdout, /^polling: fine\n[^]*^long-polling: fine\n[^]*^sse: fine\n[^]*^websocket: fine/m);
});

test('polls are looked at whatever their cursor is; what those for the newest tick skip and repeat is no fault', async (t) => {
  const files = written(t, [
    {
      name: 'cursors',
      start: lines(),
      publish: 'stdin',
      transports: {
        polling: { path: '/poll?after={after}' },
        'long-polling': { path: '/held', echo: { 'x-place': 'x-after' } },
      },
    },
    { name: 'newest', start: lines(), publish: 'stdin', transports: { polling: { path: '/latest', latest: true } } },
  ]);
  const { code, stdout } = await check(t, ['--targets', files]);
  assert.equal(code, 0, stdout);
  assert.match(stdout, /^cursors:polling: fine\n[^]*^cursors:long-polling: fine\n[^]*^newest:polling: fine$/m);
});

test('what cannot be checked is bad usage, and says what can', async (t) => {
  const folder = temporaryFolder(t);
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const good = { name: 'x', start: { command: ['x'] }, publish: 'stdin', transports: { sse: { path: '/' } } };
  const cases: [args: string[], says: RegExp][] = [
    [[], /check: names no server; add --start .*npm run bench -- targets/],
    [['pyton'], /there is no such server, .*did you mean python\?; allowed: builtin, bun, /],
    [[file('none.json', '{"name":')], /is not JSON: /],
    [
      [file('newer.json', JSON.stringify({ ...good, version: 2 }))],
      /no target file of this version of pushbench, at \/: .*'version'; its fields are in/,
    ],
    [[file('typo.json', JSON.stringify({ ...good, publish: { http: { pth: '/' } } }))], /at \/publish\/http: /],
    [['--start', './x'], /says not where clients find its ticks/],
    [['builtin', '--payload', '64,128'], /--payload: a check has one size of ticks/],
    [['builtin', '--clients', '5'], /--clients=5: not a flag of check/],
  ];
  for (const [args, says] of cases) {
    const { code, stdout, stderr } = await check(t, args);
    assert.deepEqual([code, stdout], [2, ''], args.join(' '));
    assert.match(stderr, says);
  }
});
