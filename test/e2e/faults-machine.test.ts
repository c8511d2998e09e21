// What the machine may lack: file descriptors, ports, disk, cores. The limits and namespaces are those of the processes that the
// test starts; nothing else on the machine notices.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  openSync,
  closeSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { allowedCores } from '../../bench/machine/cores.ts';
import type { Trial } from '../../bench/result/schema.ts';
import { readResult } from '../../bench/result/store.ts';
import { small, startCommandLine } from '../helpers/command-line.ts';
import { inNamespace, withoutNamespace } from '../helpers/namespace.ts';
import { temporaryFolder } from '../helpers/temporary.ts';
import { until } from '../helpers/until.ts';

const sse = (clients?: number, blocks = 1) => [...small(clients), '--transports', 'sse', '--blocks', String(blocks)];
const withoutPrlimit = spawnSync('prlimit', ['--version']).status === 0 ? false : 'there is no prlimit (util-linux)';
const withoutTaskset = spawnSync('taskset', ['--version']).status === 0 ? false : 'there is no taskset (util-linux)';

const atMost = (files: number) => ['prlimit', `--nofile=${files}:${files}`];

test(
  'too few file descriptors: exit 6 with the exact remedy, which then suffices',
  { skip: withoutPrlimit },
  async (t) => {
    const out = join(temporaryFolder(t), 'run');
    const flags = [...sse(300), '--out', out];
    const refused = startCommandLine(t, flags, { before: atMost(363) });
    assert.equal(await refused.ended, 6, refused.output.stderr);
    const [, limit] = /'ulimit -n (\d+)'/.exec(refused.output.stderr) ?? [];
    assert.equal(limit, '364', refused.output.stderr);
    assert.ok(!existsSync(out), 'nothing was started');

    const allowed = startCommandLine(t, flags, { before: atMost(Number(limit)) });
    await allowed.ended;
    const [trial] = readResult(join(out, 'result.json')).trials;
    assert.deepEqual(
      trial!.clients,
      { target: 300, connected: 300, failed: 0, dropped: 0 },
      JSON.stringify(trial!.errors),
    );
  },
);

test('too few file descriptors: the processes that it names instead suffice', { skip: withoutPrlimit }, async (t) => {
  const out = join(temporaryFolder(t), 'run');
  const flags = [...sse(300), '--out', out];
  const refused = startCommandLine(t, flags, { before: atMost(280) });
  assert.equal(await refused.ended, 6, refused.output.stderr);
  const [, instead] = /'((?:--[a-z-]+ \d+ ?)+)'/.exec(refused.output.stderr) ?? [];
  assert.match(instead ?? '', /--server-workers \d+ --agents \d+/, refused.output.stderr);
  const allowed = startCommandLine(t, [...flags, ...instead!.split(' ')], { before: atMost(280) });
  await allowed.ended;
  const [trial] = readResult(join(out, 'result.json')).trials;
  assert.equal(trial!.clients.connected, 300, JSON.stringify(trial!.errors));
});

/** So many ports for outgoing connections, from 50000 on, in a network of its own. */
const ports = (count: number) => [
  'ip link set lo up',
  `echo 50000 ${49_999 + count} > /proc/sys/net/ipv4/ip_local_port_range`,
];
const FEW_PORTS = ports(200);
const withoutFewPorts = withoutNamespace(['net'], ...FEW_PORTS);

test('too few ports: further source addresses 127.0.0.x are used', { skip: withoutFewPorts }, async (t) => {
  const out = join(temporaryFolder(t), 'run');
  const { ended, output } = startCommandLine(t, [...sse(500), '--out', out], {
    before: inNamespace(['net'], ...FEW_PORTS),
  });
  await ended;
  const [trial] = readResult(join(out, 'result.json')).trials;
  assert.equal(trial!.clients.connected, 500, `${JSON.stringify(trial!.errors)} ${output.stderr}`);
});

test('too few ports for all source addresses: exit 6 before anything starts', { skip: withoutFewPorts }, async (t) => {
  const out = join(temporaryFolder(t), 'run');
  const { ended, output } = startCommandLine(t, [...sse(2000), '--out', out], {
    before: inNamespace(['net'], ...ports(10)),
  });
  assert.equal(await ended, 6, output.stderr);
  assert.match(output.stderr, /7 are used from each of 250 source addresses, which makes 1,750 connections/);
  assert.ok(!existsSync(out));
});

test('ports that others hold: EADDRNOTAVAIL is told apart', { skip: withoutFewPorts }, async (t) => {
  const out = join(temporaryFolder(t), 'run');
  // It is started by a program that listens on all ports of the range but a few, on every address.
  const holder = `
    const { createServer } = require('node:net');
    const { spawn } = require('node:child_process');
    let left = 195;
    for (let port = 50000; port < 50195; port++) createServer().listen(port, '0.0.0.0', () => --left || start());
    const start = () => {
      const child = spawn(process.argv[1], process.argv.slice(2), { stdio: 'inherit' });
      child.once('exit', (code) => process.exit(code));
      setTimeout(() => process.exit(99), 60000);
    };`;
  const { ended, output } = startCommandLine(t, [...sse(100), '--out', out], {
    before: [...inNamespace(['net'], ...FEW_PORTS), process.execPath, '-e', holder],
  });
  assert.equal(await ended, 3, output.stderr);
  const [trial] = readResult(join(out, 'result.json')).trials;
  assert.ok(
    trial!.errors.some(({ code }) => code === 'EADDRNOTAVAIL'),
    JSON.stringify(trial!.errors),
  );
  const codes = trial!.validity.reasons.map(({ code }) => code);
  assert.ok(codes.includes('PORTS_EXHAUSTED'), codes.join(' '));
  const { target, connected, failed, dropped } = trial!.clients;
  assert.equal(connected + failed + dropped, target);
  assert.equal(trial!.phases.measureMs, 0, 'with so few there is nothing worth measuring');
});

/** As macOS has it, and some containers: no loopback address but 127.0.0.1. */
const SOLE_ADDRESS = [
  'ip addr add 127.0.0.1/32 dev lo',
  'ip link set lo up',
  'ip addr del 127.0.0.1/8 dev lo || true',
  'echo 40000 40099 > /proc/sys/net/ipv4/ip_local_port_range',
];

test(
  'one loopback address: all of its ports are used, and who asks for more is told how many',
  { skip: withoutNamespace(['net'], ...SOLE_ADDRESS) },
  async (t) => {
    const out = join(temporaryFolder(t), 'run');
    const before = inNamespace(['net'], ...SOLE_ADDRESS);
    const refused = startCommandLine(t, [...sse(100), '--out', out], { before });
    assert.equal(await refused.ended, 6, refused.output.stderr);
    const [, most] = /the only source address, which makes (\d+) connections/.exec(refused.output.stderr) ?? [];
    assert.ok(Number(most) > 70, refused.output.stderr);

    const allowed = startCommandLine(t, [...sse(Number(most)), '--out', out], { before });
    await allowed.ended;
    const [trial] = readResult(join(out, 'result.json')).trials;
    assert.equal(trial!.clients.connected, Number(most), JSON.stringify(trial!.errors));
    assert.equal(trial!.canary!.clients, 8);
  },
);

/** The environment in which this script is what `taskset` calls. */
function withTaskset(t: TestContext, script: string): Record<string, string> {
  const folder = join(temporaryFolder(t), 'bin');
  mkdirSync(folder);
  writeFileSync(join(folder, 'taskset'), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, 'taskset'), 0o755);
  return { PATH: [folder, process.env['PATH']].join(delimiter) };
}

const SHORT = [
  '--transports',
  'sse',
  '--clients',
  '20',
  '--blocks',
  '1',
  '--duration',
  '500ms',
  '--warmup',
  '200ms',
  '--shared',
];
const withoutCores = allowedCores().length > 1 ? withoutTaskset : 'there is but one core';

test('BusyBox: its taskset knows no long options, and pins all the same', { skip: withoutCores }, async (t) => {
  // Feigned by a script that refuses what BusyBox refuses, and leaves the rest to the taskset of this machine.
  const real = spawnSync('sh', ['-c', 'command -v taskset'], { encoding: 'utf8' }).stdout.trim();
  const env = withTaskset(
    t,
    `case "$1" in --*) echo "taskset: unrecognized option '$1'" >&2; exit 1;; esac\nexec ${real} "$@"`,
  );
  const out = join(temporaryFolder(t), 'run');
  const { ended, output } = startCommandLine(t, [...SHORT, '--pin', 'on', '--out', out], { env });
  await ended;
  assert.doesNotMatch(output.stderr, /unrecognized|defect/);
  const { plan, trials } = readResult(join(out, 'result.json'));
  assert.equal(plan.settings.pin, true);
  assert.equal(trials[0]!.clients.connected, 20);
});

test(
  'a taskset that cannot pin: auto goes on without and says so, on is refused',
  { skip: withoutCores },
  async (t) => {
    const env = withTaskset(t, 'echo "taskset: Operation not permitted" >&2; exit 1');
    const auto = startCommandLine(t, [...SHORT, '--dry-run', '--json'], { env });
    assert.equal(await auto.ended, 0, auto.output.stderr);
    const { plan, notes } = JSON.parse(auto.output.stdout) as { plan: { settings: { pin: boolean } }; notes: string[] };
    assert.equal(plan.settings.pin, false);
    assert.match(notes.join('\n'), /not put on cores of their own: 'taskset -c \d+' failed .*Operation not permitted/);
    const on = startCommandLine(t, [...SHORT, '--dry-run', '--pin', 'on'], { env });
    assert.equal(await on.ended, 2);
    assert.match(on.output.stderr, /--pin on: 'taskset -c \d+' failed when it was tried/);
  },
);

test('a proxy in the environment, and nobody behind it: library clients connect all the same', async (t) => {
  const proxy = 'http://127.0.0.1:9';
  const env = { NODE_USE_ENV_PROXY: '1', HTTP_PROXY: proxy, http_proxy: proxy, NODE_OPTIONS: '--use-env-proxy' };
  const out = join(temporaryFolder(t), 'run');
  const { ended, output } = startCommandLine(t, [...SHORT, '--driver', 'library', '--out', out], { env });
  await ended;
  const [trial] = readResult(join(out, 'result.json')).trials;
  assert.equal(trial!.clients.connected, 20, output.stderr);
});

const SHORT_QUEUE = ['ip link set lo up', 'echo 4 > /proc/sys/net/core/somaxconn'];

test(
  'a listen queue that is too short: noted before, named after, and every client in one count',
  { skip: withoutNamespace(['net'], ...SHORT_QUEUE) },
  async (t) => {
    const out = join(temporaryFolder(t), 'run');
    const flags = [...sse(24), '--ramp', '100000', '--progress', 'json', '--out', out];
    const { child, ended, output } = startCommandLine(t, flags, { before: inNamespace(['net'], ...SHORT_QUEUE) });
    await until(() => output.stderr.includes('"type":"trial-end"'), 'one trial has ended', 60_000);
    child.kill('SIGINT'); // an invalid one would be run again
    await ended;
    assert.match(output.stderr, /a listen queue holds 4 connections .* up to 24 are opened at once/);
    const [{ host, clients, errors, validity, ledger, phases }] = readResult(join(out, 'result.json')).trials as [
      Trial,
    ];
    assert.ok(host.listenOverflows! > 0);
    assert.ok(validity.reasons.some(({ code }) => code === 'LISTEN_OVERFLOW'));
    assert.equal(clients.connected + clients.failed, 24);
    assert.equal(
      errors.reduce((sum, { count }) => sum + count, 0),
      clients.failed,
    );
    assert.equal(ledger.expected, clients.connected * (phases.lastSeq - phases.firstSeq + 1));
  },
);

/** This process, and what it becomes, may run on other cores than there are: as far as the files that say so. */
const OTHER_CORES = [
  'mount -t tmpfs pushbench-test /mnt',
  `sed 's/^Cpus_allowed_list:.*/Cpus_allowed_list:\t4-5/' /proc/$$/status > /mnt/status`,
  `echo 0-7 > /mnt/online`,
  `mount --bind /mnt/status /proc/$$/status`,
  `mount --bind /mnt/online /sys/devices/system/cpu/online`,
];

test(
  'a cpuset of cores 4 and 5: server and agents are put on these',
  { skip: withoutNamespace(['mount'], ...OTHER_CORES) },
  async (t) => {
    // Feigned: a machine with six cores is not what every test has. Its taskset notes what it is asked for, and pins nothing.
    const folder = temporaryFolder(t);
    const log = join(folder, 'asked');
    const env = withTaskset(
      t,
      `echo "$2" >> ${log}\nprintf "Cpus_allowed_list:\\t$2\\n"\nshift 2\n[ "$1" = cat ] || exec "$@"`,
    );
    const out = join(folder, 'run');
    const { ended, output } = startCommandLine(t, [...SHORT, '--out', out], {
      before: inNamespace(['mount'], ...OTHER_CORES),
      env,
    });
    await ended;
    const { environment, plan, trials } = readResult(join(out, 'result.json'));
    assert.equal(trials[0]!.clients.connected, 20, output.stderr);
    assert.deepEqual([plan.settings.pin, plan.settings.agents, environment.cores], [true, 1, 2]);
    // first the trial of taskset itself; then server, load, witnesses and canary, in whatever order they came to say so
    assert.deepEqual(readFileSync(log, 'utf8').trim().split('\n').toSorted(), ['4', '5', '5', '5', '5']);
  },
);

const withoutSecondCore =
  spawnSync('taskset', ['-c', '1', 'true']).status === 0 ? withoutTaskset : 'there is no core with the number 1';

test('too few cores: it is noted, and --pin on is refused', { skip: withoutSecondCore }, async (t) => {
  const oneCore = ['taskset', '-c', '1'];
  const noted = startCommandLine(t, [...sse(), '--dry-run'], { before: oneCore });
  assert.equal(await noted.ended, 0, noted.output.stderr);
  assert.match(noted.output.stdout, /1 server and 1 agent processes share 1 core/);
  const refused = startCommandLine(t, ['--pin', 'on', '--dry-run'], { before: oneCore });
  assert.equal(await refused.ended, 2);
  assert.match(refused.output.stderr, /--pin on: needs a core for each.*this process may use 1/);
});

const tmpfs = (folder: string, options: string) => [`mount -t tmpfs -o ${options} pushbench-test ${folder}`];

test(
  'disk full at the start: exit 6, nothing is written',
  { skip: withoutNamespace(['mount'], ...tmpfs('/mnt', 'size=1m')) },
  async (t) => {
    const folder = temporaryFolder(t);
    const { ended, output } = startCommandLine(t, [...sse(), '--out', join(folder, 'run')], {
      before: inNamespace(['mount'], ...tmpfs(folder, 'size=1m')),
    });
    assert.equal(await ended, 6);
    assert.match(output.stderr, /has (1\.00 MiB|1020 KiB|\d+ KiB) free, and a run may write 50\.0 MiB/);
    assert.deepEqual(readdirSync(folder), []);
  },
);

test(
  'output folder read-only: exit 6, named',
  { skip: withoutNamespace(['mount'], ...tmpfs('/mnt', 'ro')) },
  async (t) => {
    const folder = temporaryFolder(t);
    const { ended, output } = startCommandLine(t, [...sse(), '--out', join(folder, 'run')], {
      before: inNamespace(['mount'], ...tmpfs(folder, 'ro')),
    });
    assert.equal(await ended, 6);
    assert.match(output.stderr, /cannot write to .*: EROFS/);
  },
);

test('output folder existing: the result of another run is left as it is', async (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'result.json'), 'precious');
  const { ended, output } = startCommandLine(t, [...sse(), '--out', folder]);
  assert.equal(await ended, 2);
  assert.match(output.stderr, /holds the result of another run and is left as it is/);
  assert.deepEqual(readdirSync(folder), ['result.json']);
  assert.equal(readFileSync(join(folder, 'result.json'), 'utf8'), 'precious');
});

test(
  'disk full in the middle of a run: what was measured is shown, the journal stays whole',
  { skip: withoutNamespace(['mount'], ...tmpfs('/mnt', 'size=60m')) },
  async (t) => {
    const folder = temporaryFolder(t);
    const flags = [...sse(20, 50), '--progress', 'json', '--out', join(folder, 'run')];
    const { child, ended, output } = startCommandLine(t, flags, {
      before: inNamespace(['mount'], ...tmpfs(folder, 'size=60m')),
    });
    await until(() => output.stderr.includes('"type":"trial-end"'), 'one trial has ended', 30_000);
    // As its process sees it: outside of its namespace the folder is empty.
    const seen = `/proc/${child.pid}/root${folder}`;
    fill(join(seen, 'filler'));
    await until(() => output.stdout.includes('Result:'), 'the summary is printed', 30_000);
    assert.equal(await ended, 6, output.stderr);
    assert.match(output.stdout, /^run .* · interrupted · \d of 50 trials/);
    assert.match(output.stdout, /Result: {2}not written/);
    assert.match(output.stderr, /could not write into .*ENOSPC/);
    assert.deepEqual(readdirSync(folder), []);
  },
);

function fill(path: string): void {
  const file = openSync(path, 'w');
  try {
    for (let size = 1 << 20; size >= 1;) {
      try {
        if (writeSync(file, Buffer.alloc(size)) < size) size >>= 1;
      } catch {
        size >>= 1;
      }
    }
  } finally {
    closeSync(file);
  }
}

test(
  'disk full in the middle of a search: the answers so far are shown, the journal stays whole',
  { skip: withoutNamespace(['mount'], ...tmpfs('/mnt', 'size=60m')) },
  async (t) => {
    const folder = temporaryFolder(t);
    const workload = [
      '--rate',
      '50',
      '--transports',
      'sse',
      '--duration',
      '500ms',
      '--warmup',
      '200ms',
      '--pin',
      'off',
    ];
    const search = ['capacity', '--slo', 'p99<10s', '--min-clients', '10', '--max-clients', '20000', ...workload];
    const flags = [...search, '--progress', 'json', '--out', join(folder, 'search')];
    const { child, ended, output } = startCommandLine(t, flags, {
      before: inNamespace(['mount'], ...tmpfs(folder, 'size=60m')),
    });
    await until(() => output.stderr.includes('"type":"step-end"'), 'one step has ended', 30_000);
    const seen = `/proc/${child.pid}/root${folder}`;
    fill(join(seen, 'filler'));
    assert.equal(await ended, 6, output.stderr);
    assert.match(output.stdout, /^Capacity: p99<10s · .* · interrupted/);
    assert.match(output.stdout, /not written/);
    assert.match(output.stdout, /at least \d+ clients/);
    assert.match(output.stderr, /could not write into .*ENOSPC/);
  },
);

test(
  'disk full while a file is replaced: the old one stays',
  { skip: withoutNamespace(['mount'], ...tmpfs('/mnt', 'size=1m')) },
  (t) => {
    const folder = temporaryFolder(t);
    const program = `
    import { readdirSync, readFileSync } from 'node:fs';
    import { writeAtomically } from './bench/result/store.ts';
    const path = '${folder}/result.json';
    writeAtomically(path, 'old');
    try { writeAtomically(path, 'x'.repeat(4e6)); } catch (error) { console.log(error.reason, error.code); }
    console.log(readFileSync(path, 'utf8'), readdirSync('${folder}').join());`;
    const before = inNamespace(['mount'], ...tmpfs(folder, 'size=1m'));
    const [command, ...args] = [...before, process.execPath, '--input-type=module', '-e', program];
    const { stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
    assert.equal(stdout, 'resource ENOSPC\nold result.json\n', stderr);
  },
);
