// Servers that are not ours, measured by the command line beside the built-in one.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Target } from '../../bench/result/target.ts';
import { listProcesses } from '../../bench/machine/processes.ts';
import { ROOT, startCommandLine } from '../helpers/command-line.ts';
import { assertSteps, runTargets, trialOf } from '../helpers/target-run.ts';
import { temporaryFolder } from '../helpers/temporary.ts';
import { until } from '../helpers/until.ts';

const SERVER = 'node test/fixtures/servers/lines.mjs {port}';

test('a server that sends each line to its clients is compared with the built-in one, nothing missed', async (t) => {
  const { code, result, stdout, stderr } = await runTargets(t, [
    '--start',
    `${SERVER} greets`,
    '--sse',
    '/events',
    '--ws',
    '/ws',
  ]);
  assert.equal(code, 0, stderr);
  const whole = result();
  assert.deepEqual(whole.trials.map(({ cell }) => cell.transport).toSorted(), [
    'mine:sse',
    'mine:websocket',
    'sse',
    'websocket',
  ]);
  for (const trial of whole.trials) {
    const { missed, duplicate, corrupt, delivered, expected } = trial.ledger;
    assert.deepEqual([missed, duplicate, corrupt, delivered], [0, 0, 0, expected], trial.cell.transport);
    assert.ok(trial.server.cpuPerDeliveryUs! > 0, trial.cell.transport);
    assert.ok(trial.bytes.perDeliverySent! >= trial.cell.payloadBytes, trial.cell.transport);
  }
  const { server, bytes } = trialOf(whole, 'mine:websocket');
  assert.deepEqual(
    [server.heapPerClientBytes, server.eventLoop, server.gc, server.slowConsumersCut],
    [null, null, null, null],
  );
  assert.equal(
    bytes.perDeliverySent,
    128 + JSON.stringify({ channel: 'ticks', data: '' }).length + 4 + 4,
    'quotes escaped, and a frame head of 4',
  );
  assertSteps(whole);
  assert.deepEqual(Object.fromEntries(whole.transports.map(({ id, label }) => [id, label])), {
    sse: 'SSE',
    websocket: 'WebSocket',
    'mine:sse': 'mine SSE',
    'mine:websocket': 'mine WebSocket',
  });
  assert.match(stdout, /^websocket\n +builtin .*\n +mine /m);
});

test('what a liar drops, repeats, alters and sends out of order is found exactly, and by how much one is late', async (t) => {
  const lies = { drops: 'missed', repeats: 'duplicate', alters: 'corrupt', swaps: 'outOfOrder' } as const;
  const starts = [...Object.keys(lies), 'slow'].flatMap((lie) => ['--start', `${SERVER} ${lie}`, '--name', lie]);
  const { result } = await runTargets(t, [...starts, '--sse', '/events']);
  for (const [lie, column] of Object.entries(lies)) {
    const { ledger, clients, phases } = trialOf(result(), `${lie}:sse`);
    // It counts from the first tick that it is given, which is not the first of the feed.
    const [count, rest] = [ledger[column] / clients.connected, ledger[column] % clients.connected];
    assert.equal(rest, 0, `${lie}: ${ledger[column]} of ${clients.connected} clients`);
    const ticks = phases.lastSeq - phases.firstSeq + 1;
    assert.ok(count === Math.floor(ticks / 7) || count === Math.ceil(ticks / 7), `${lie}: ${count} of ${ticks} ticks`);
  }
  // It holds each line back for 60 ms; a timer of Node's may be a millisecond early.
  const { ledger, latencyUs } = trialOf(result(), 'slow:sse');
  assert.equal(ledger.delivered, ledger.expected);
  assert.ok(latencyUs.min > 59_000 && latencyUs.p50 < 90_000, `${latencyUs.min} to ${latencyUs.p50} us`);
});

test('polls of servers are measured: by a number, by a header, for the newest alone, and of one that drops', async (t) => {
  const folder = temporaryFolder(t);
  const file = (name: string, transports: Target['transports'], fault = 'none'): string => {
    const command = ['node', join(ROOT, 'test/fixtures/servers/lines.mjs'), '{port}', fault];
    const path = join(folder, `${name}.json`);
    writeFileSync(path, JSON.stringify({ name, start: { command }, publish: 'stdin', transports } satisfies Target));
    return path;
  };
  const polling = { path: '/poll?after={after}' };
  const held = { path: '/held', echo: { 'x-place': 'X-After' } };
  const files = [
    file('number', { polling, 'long-polling': { path: '/long-poll?after={after}' } }, 'greets'),
    file('header', { polling: { path: '/latest', latest: true }, 'long-polling': held }),
    file('drops', { polling }, 'drops'),
  ].join(',');
  const { result, stderr } = await runTargets(t, ['--targets', files, '--poll-interval', '200ms']);
  const whole = result();
  for (const entrant of ['number:polling', 'number:long-polling', 'header:long-polling']) {
    const { ledger, bytes, controlMessages, witnesses } = trialOf(whole, entrant);
    const { missed, duplicate, outOfOrder, corrupt, delivered, expected } = ledger;
    assert.deepEqual([missed, duplicate, outOfOrder, corrupt, delivered], [0, 0, 0, 0, expected], entrant + stderr);
    assert.deepEqual([controlMessages, witnesses === null], [0, entrant.endsWith('long-polling')], entrant);
    assert.ok(bytes.perDeliverySent! > 128, entrant);
  }
  const { missed, duplicate, delivered, coalesced, expected } = trialOf(whole, 'header:polling').ledger;
  assert.deepEqual([missed, duplicate, delivered + coalesced], [0, 0, expected]);
  assert.ok(coalesced >= expected / 2, 'four ticks fall into each interval');
  const { ledger, clients, phases } = trialOf(whole, 'drops:polling');
  const ticks = phases.lastSeq - phases.firstSeq + 1;
  const dropped = ledger.missed / clients.connected;
  assert.ok(dropped === Math.floor(ticks / 7) || dropped === Math.ceil(ticks / 7), `${dropped} of ${ticks} ticks`);
});

test('what a server says besides ticks is counted apart', async (t) => {
  const { result, stderr } = await runTargets(t, ['--start', `${SERVER} greets`, '--sse', '/events']);
  const { controlMessages, ledger, clients } = trialOf(result(), 'mine:sse');
  assert.deepEqual([controlMessages, ledger.corrupt], [clients.connected, 0], stderr);
  assert.equal(trialOf(result(), 'sse').controlMessages, undefined);
});

test('all that a target has started ends with the run, also when the controller is killed', async (t) => {
  const isTarget = (pid: number) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`lines.mjs\0`);
  const targets = () =>
    [...listProcesses()].flatMap(([pid, { group }]) => {
      try {
        return isTarget(group) ? [pid] : [];
      } catch {
        return [];
      }
    });
  const before = new Set(targets());
  const fresh = () => targets().filter((pid) => !before.has(pid));
  const out = join(temporaryFolder(t), 'run');
  const file = join(temporaryFolder(t), 'child.json');
  const command = ['node', join(ROOT, 'test/fixtures/servers/lines.mjs'), '{port}', 'child'];
  const target = { name: 'child', start: { command }, publish: 'stdin', transports: { sse: { path: '/events' } } };
  writeFileSync(file, JSON.stringify(target));
  const args = ['run', '--quick', '--clients', '20', '--shared', '--duration', '20s', '--targets', file, '--out', out];
  const { child, ended } = startCommandLine(t, args);
  await until(() => fresh().length >= 2, 'the server and its child', 20_000);
  child.kill('SIGKILL');
  await ended;
  await until(() => fresh().length === 0, 'all of them to end', 10_000);
});

const WRONG: [fault: string, flags: readonly string[], says: RegExp][] = [
  ['exits', ['--sse', '/events'], /lines\.mjs \d+ exits' ended with code 3\. It said: no configuration found/],
  [
    'open-door',
    ['--sse', '/events'],
    /listens on 0\.0\.0\.0:\d+, where other machines can reach it: let it listen on 127\.0\.0\.1/,
  ],
  ['none', ['--sse', '/nowhere'], /mine:sse, \/nowhere: the server answered 404 .* at that path/],
  ['none', ['--ws', '/events'], /mine:websocket, \/events: the server answered/],
  ['one-client', ['--sse', '/events'], /ticks come to one client only/],
  ['crashes', ['--sse', '/events'], /mine:sse: the server ended with code 4\. It said: panic: no client was expected/],
  ['base64', ['--ws', '/ws'], /mine:websocket, \/ws: ticks come in base64/],
  ['repeats:1', ['--sse', '/events'], /each tick comes twice to a client/],
  ['buffers:4096', ['--sse', '/events'], /several at once, the first of them \d+ ms late/],
  ['none', ['--long-poll', '/poll?after={after}'], /answers without a new tick in \d+ ms: a long poll is held/],
  ['closes', ['--poll', '/poll?after={after}'], /mine:polling, .* closes the connection behind its answer/],
];
for (const [fault, flags, says] of WRONG) {
  test(`a server that is wrong (${fault}, ${flags.join(' ')}) is told in one sentence, with 5`, async (t) => {
    const { code, stderr } = await runTargets(t, ['--start', `${SERVER} ${fault}`, ...flags]);
    assert.equal(code, 5, stderr);
    assert.match(stderr, says);
  });
}

test('a command that is not there is told, with 5', async (t) => {
  const { code, stderr } = await runTargets(t, ['--start', './no-such-server {port}', '--sse', '/events']);
  assert.equal(code, 5, stderr);
  assert.match(stderr, /no-such-server \d+' cannot be started/);
});
