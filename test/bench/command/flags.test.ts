import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PushbenchError } from '../../../bench/basics/errors.ts';
import { flagTable, type FlagContext } from '../../../bench/command/flag-table.ts';
import { parseRunOptions, repeatCommand, type FlagValues } from '../../../bench/command/read-flags.ts';
import { joinValues } from '../../../bench/command/main.ts';

const CONTEXT: FlagContext = {
  cores: 4,
  randomSeed: () => 42,
  transports: ['polling', 'long-polling', 'sse', 'websocket'],
  pinProblem: () => null,
};

/** The values as the command line has them. */
function values(...argv: string[]): FlagValues {
  const found: Record<string, (string | null)[]> = {};
  for (const word of joinValues(argv, flagTable(CONTEXT.transports))) {
    const [, name = '', value] = /^--([^=]+)(?:=(.*))?$/s.exec(word) ?? [];
    (found[name] ??= []).push(value ?? null);
  }
  return found;
}

function options(...argv: string[]) {
  return parseRunOptions(values(...argv), CONTEXT);
}

function mistakesOf(argv: string[], context: FlagContext = CONTEXT): string[] {
  try {
    parseRunOptions(values(...argv), context);
  } catch (error) {
    assert.ok(error instanceof PushbenchError, String(error));
    assert.equal(error.reason, 'usage');
    return error.message.split('\n').filter((line) => line.startsWith('  --'));
  }
  return assert.fail(`no mistake found in ${argv.join(' ')}`);
}

describe('flags of a run', () => {
  it('has the defaults of the design', () => {
    assert.deepEqual(options(), {
      transports: ['polling', 'long-polling', 'sse', 'websocket'],
      clients: [1000],
      ratesHz: [10],
      payloadBytes: [128],
      pollIntervalsMs: [1000],
      networks: ['none'],
      pollLatest: false,
      shared: false,
      durationMs: 3000,
      warmupMs: 'auto',
      blocks: 8,
      agents: 3,
      rampPerSecond: 2000,
      driver: 'lean',
      fanOut: 'prepared',
      serverWorkers: 1,
      pin: 'auto',
      seed: 42,
      out: undefined,
      label: '',
      open: false,
      quick: false,
      json: false,
      progress: 'auto',
      color: 'auto',
      dryRun: false,
      port: 0,
      host: '127.0.0.1',
      unsafeBind: false,
      ownTarget: undefined,
      baseline: undefined,
      assertions: [],
    });
  });

  it('takes a sweep for a sweep, also where it could be read as one number', () => {
    for (const list of ['100,200,500', '10,100', '100,500', '1,10,100', '500,1', '1,100,200'])
      assert.deepEqual(options('--clients', list).clients, list.split(',').map(Number), list);
  });

  it('takes networks by their one name, and no address beside them', () => {
    assert.deepEqual(options('--network', 'none,40ms,0.04s+-10ms/1.0%').networks, ['none', '40ms', '40ms±10ms/1%']);
    assert.throws(() => options('--network', '40ms,0.04s'), /stands there twice/);
    assert.throws(() => options('--network', '40'), /--network '?40'?: does not begin with a delay/);
    assert.throws(
      () => options('--network', '40ms', '--host', '127.0.0.2'),
      /--host 127.0.0.2: contradicts --network 40ms/,
    );
  });

  it('reads every flag', () => {
    const argv =
      '--transports sse,polling --clients 10,1k --rate 0.5,20 --payload 64,4k --poll-interval 250ms,5s --poll-latest';
    const more =
      '--duration 10s --warmup 0s --blocks 12 --agents 2 --ramp 500/s --driver library --fan-out idiomatic --shared';
    const rest =
      '--server-workers 2 --pin off --seed 0 --out a/b --open --json --progress plain --color never --port 8080 ' +
      '--host 203.0.113.9 --unsafe-bind --i-own-this-target 203.0.113.9';
    const read = options(...`${argv} ${more} ${rest}`.split(' '), '--label', 'a name');
    assert.deepEqual(read, {
      transports: ['sse', 'polling'],
      clients: [10, 1000],
      ratesHz: [0.5, 20],
      payloadBytes: [64, 4096],
      pollIntervalsMs: [250, 5000],
      networks: ['none'],
      pollLatest: true,
      shared: true,
      durationMs: 10_000,
      warmupMs: 0,
      blocks: 12,
      agents: 2,
      rampPerSecond: 500,
      driver: 'library',
      fanOut: 'idiomatic',
      serverWorkers: 2,
      pin: 'off',
      seed: 0,
      out: 'a/b',
      label: 'a name',
      open: true,
      quick: false,
      json: true,
      progress: 'plain',
      color: 'never',
      dryRun: false,
      port: 8080,
      host: '203.0.113.9',
      unsafeBind: true,
      ownTarget: '203.0.113.9',
      baseline: undefined,
      assertions: [],
    });
  });

  it('shortens what --quick leaves open, and only that', () => {
    const { blocks, durationMs, warmupMs } = options('--quick');
    assert.deepEqual([blocks, durationMs, warmupMs], [1, 2000, 500]);
    assert.equal(options('--quick', '--duration', '9s').durationMs, 9000);
    assert.equal(options('--quick', '--blocks', '1').blocks, 1);
  });

  it('starts no more agents than clients, and at least one', () => {
    assert.equal(options('--clients', '2').agents, 2);
    assert.equal(parseRunOptions({}, { ...CONTEXT, cores: 1 }).agents, 1);
    assert.equal(parseRunOptions({}, { ...CONTEXT, cores: 1000 }).agents, 256);
    assert.equal(parseRunOptions({}, { ...CONTEXT, cores: 8, quotaCores: 2.5 }).agents, 1);
    assert.equal(parseRunOptions({}, { ...CONTEXT, cores: 8, quotaCores: null }).agents, 7);
  });

  it('takes --assert several times, in order', () => {
    const { assertions } = options('--assert', 'sse.p99<50ms', '--assert=websocket.missed==0');
    assert.deepEqual(
      assertions.map(({ text, limit }) => [text, limit]),
      [
        ['sse.p99<50ms', 50_000],
        ['websocket.missed==0', 0],
      ],
    );
  });

  it('takes both ends of every range', () => {
    for (const argv of [
      ['--clients', '1,1000000'],
      ['--rate', '0.01,10000', '--duration', '100s'],
      ['--payload', '64,65536'],
      ['--payload', '64k'],
      ['--poll-interval', '10ms,10m'],
      ['--duration', '100ms'],
      ['--duration', '1h'],
      ['--warmup', '10m'],
      ['--warmup', 'auto'],
      ['--blocks', '1000'],
      ['--agents', '256'],
      ['--ramp', '1'],
      ['--ramp', '1000000/s'],
      ['--server-workers', '64'],
      ['--seed', '4294967295'],
      ['--port', '65535'],
    ]) {
      options(...argv);
    }
  });
});

/** Each line: what is typed, and what the sentence must say: the flag with the value as given, and what is allowed. */
const BAD: readonly (readonly [string[], ...string[]])[] = [
  [['--clients', '0'], '--clients 0:', '1 to 1,000,000'],
  [['--clients', '1000001'], '--clients 1000001:', '1 to 1,000,000'],
  [['--clients', '-5'], '--clients -5:', '1 to 1,000,000'],
  [['--clients', '1e3'], '--clients 1e3:', '1 to 1,000,000'],
  [['--clients', '0x10'], '--clients 0x10:', '1 to 1,000,000'],
  [['--clients', 'NaN'], '--clients NaN:', '1 to 1,000,000'],
  [['--clients', '1.5'], '--clients 1.5:', 'is not a whole number'],
  [['--clients', '9'.repeat(400)], '--clients 999', 'is too large', '1 to 1,000,000'],
  [['--clients='], '--clients', 'needs a value', '1 to 1,000,000'],
  [['--clients'], '--clients:', 'needs a value', '1 to 1,000,000'],
  [['--clients', '10,,20'], '--clients 10,,20:', 'is empty'],
  [['--clients', '10,'], '--clients 10,:', 'is empty'],
  [['--clients', '10,0010'], '--clients 10,0010:', '0010 stands there twice'],
  [['--clients', '1,500'], '--clients 1,500:', 'reads like one number, which is 1500, a sweep 500,1'],
  [['--clients', '12,000'], 'reads like one number, which is 12000;'],
  [['--payload', '1,024'], 'which is 1024;'],
  [['--clients', '1k,1000'], '1000 stands there twice'],
  [['--clients', '1,000'], '--clients 1,000:', 'reads like one number, which is 1000;'],
  [['--clients', Array.from({ length: 33 }, (_, i) => i + 1).join()], '33 entries, more than 32'],
  [['--rate', '0'], '--rate 0:', '0.01 to 10,000 ticks per second'],
  [['--rate', '10001'], '--rate 10001:', '0.01 to 10,000 ticks per second'],
  [['--rate', 'fast'], '--rate fast:', '0.01 to 10,000 ticks per second'],
  [['--payload', '63'], '--payload 63:', '64 to 65,536 bytes'],
  [['--payload', '65k'], '--payload 65k:', '64 to 65,536 bytes'],
  [['--payload', '1kb'], '--payload 1kb:', '64 to 65,536 bytes'],
  [['--poll-interval', '9ms'], '--poll-interval 9ms:', '10ms to 10m'],
  [['--poll-interval', '1'], '--poll-interval 1:', 'write 1s or 1ms', '10ms to 10m'],
  [['--duration', '99ms'], '--duration 99ms:', '100ms to 1h'],
  [['--duration', '61m'], '--duration 61m:', '100ms to 1h'],
  [['--duration', '-1s'], '--duration -1s:', '100ms to 1h'],
  [['--duration', '3s', '--rate', '10,0.1'], '--duration 3s: holds no tick at 0.1 ticks/s', 'from 10s on'],
  [['--rate', '0.1'], '--duration 3s (the default): holds no tick at 0.1 ticks/s', 'from 10s on'],
  [['--quick', '--rate', '0.4'], '--duration 2s (the default): holds no tick at 0.4 ticks/s', 'from 2500ms on'],
  [['--warmup', '11m'], '--warmup 11m:', 'auto, or 0s to 10m'],
  [['--blocks', '0'], '--blocks 0:', '1 to 1,000'],
  [['--agents', '257'], '--agents 257:', '1 to 256'],
  [['--ramp', '0/s'], '--ramp 0/s:', '1/s to 1,000,000/s'],
  [['--driver', 'fat'], '--driver fat:', 'lean, library'],
  [['--driver', 'LEAN'], '--driver LEAN:', 'lean, library'],
  [['--fan-out', ''], '--fan-out', 'needs a value', 'prepared, idiomatic'],
  [['--server-workers', '65'], '--server-workers 65:', '1 to 64'],
  [['--pin', 'yes'], '--pin yes:', 'auto, on, off'],
  [['--seed', '4294967296'], '--seed 4294967296:', '0 to 4,294,967,295'],
  [['--seed', '1k'], '--seed 1k:', '0 to 4,294,967,295'],
  [['--port', '65536'], '--port 65536:', '0 to 65,535'],
  [['--host', '0.0.0.0'], '--host 0.0.0.0:', 'others could reach', '127.0.0.1', '--unsafe-bind'],
  [['--host', '::'], '--host :::', 'others could reach', '--unsafe-bind'],
  [['--host', '192.168.1.9'], '--host 192.168.1.9:', 'others could reach', '--unsafe-bind'],
  [
    ['--host', '8.8.8.8', '--unsafe-bind'],
    '--host 8.8.8.8:',
    'neither loopback nor a private address',
    '--i-own-this-target 8.8.8.8',
  ],
  [['--i-own-this-target', '8.8.4.4'], '--i-own-this-target 8.8.4.4:', 'is not what --host or --target names'],
  [['--host', '127.0.0.256'], '--host 127.0.0.256:', 'is neither a name nor an address'],
  [['--host', 'a b'], "--host 'a b':", 'is neither a name nor an address'],
  [['--host', 'http://x'], '--host http://x:', 'is neither a name nor an address'],
  [['--label', 'a\u001B[2Jb'], String.raw`--label 'a\u001b[2Jb':`, 'control characters'],
  [['--label', 'x'.repeat(201)], '201 characters', '1 to 200'],
  [['--out', ''], '--out', 'needs a value'],
  [['--progress', 'loud'], '--progress loud:', 'auto, live, plain, json, off'],
  [['--color', 'on'], '--color on:', 'auto, always, never'],
  [['--transports', 'sse,carrier-pigeon'], 'carrier-pigeon is not one of', 'polling, long-polling, sse, websocket'],
  [['--transports', 'sse,sse'], '--transports sse,sse:', 'sse stands there twice'],
  [['--transports', '__proto__'], '--transports __proto__:', 'polling, long-polling, sse, websocket'],
  [['--clients', '10', '--clients', '20'], '--clients: given 2 times (10 and 20)'],
  [['--quick', '--quick'], '--quick: given 2 times'],
  [['--quick', '--blocks', '2'], '--blocks 2: contradicts --quick', 'allowed: 1'],
  [['--transports', 'sse', '--poll-interval', '2s'], '--poll-interval: concerns polling', '--transports sse'],
  [['--transports', 'sse', '--poll-latest'], '--poll-latest: concerns polling', '--transports sse'],
  [['--clients', '100,2', '--agents', '3'], '--agents 3:', 'allowed: 1 to 2'],
  [['--pin', 'on', '--server-workers', '4'], '--pin on:', '5 in all', 'this process may use 4'],
  [['--dry-run', '--open'], '--open: contradicts --dry-run'],
  [
    ['--assert', 'sse.p99<50ms', '--assert', 'sse.p99'],
    '--assert sse.p99:',
    'is not a claim such as',
    'transport[@cell].metric',
  ],
  [['--assert'], '--assert:', 'needs a value'],
];

describe('mistakes in the flags of a run', () => {
  for (const [argv, ...parts] of BAD) {
    it(`are told for ${argv.join(' ').slice(0, 60)}`, () => {
      const mistakes = mistakesOf(argv);
      assert.equal(mistakes.length, 1, mistakes.join('\n'));
      for (const part of parts) assert.ok(mistakes[0]!.includes(part), `${part} is not in: ${mistakes[0]}`);
    });
  }

  it('are told of a baseline that is not there, or leaves nothing to compare, with what is allowed', () => {
    assert.deepEqual(mistakesOf(['--baseline', 'x', '--transports', 'sse,websocket']), [
      '  --baseline x: is none of what is compared; allowed: sse, websocket',
    ]);
    const started = ['--start', './a', '--sse', '/s', '--name', 'go'];
    assert.deepEqual(mistakesOf(['--baseline', 'goo', ...started]), [
      '  --baseline goo: is none of what is compared; allowed: builtin, go, sse, go:sse',
    ]);
    assert.deepEqual(mistakesOf(['--baseline', 'builtin', '--transports', 'sse,websocket']), [
      '  --baseline builtin: leaves nothing to compare with it; allowed: sse, websocket',
    ]);
    assert.deepEqual(mistakesOf(['--baseline', 'sse', '--transports', 'sse']), [
      '  --baseline sse: there is nothing to compare; leave it out',
    ]);
    assert.equal(options('--baseline', 'go', ...started).baseline, 'go');
  });

  it('are told without what pins processes', () => {
    const [mistake] = mistakesOf(['--pin', 'on'], { ...CONTEXT, pinProblem: () => 'taskset was not found' });
    assert.match(mistake!, /--pin on: taskset was not found/);
  });

  it('are told of a host that is vouched for by another name', () => {
    const argv = ['--host', '8.8.8.8', '--unsafe-bind', '--i-own-this-target', '8.8.4.4'];
    assert.deepEqual(
      mistakesOf(argv).map((line) => line.trim().split(':')[0]),
      ['--host 8.8.8.8', '--i-own-this-target 8.8.4.4'],
    );
    options(...argv.with(4, '8.8.8.8'));
  });

  it('are told all at once, those found before among them', () => {
    assert.throws(
      () =>
        parseRunOptions(values('--rate', '0', '--payload', '1', '--dry-run', '--open'), CONTEXT, ['--x: unknown flag']),
      (error: unknown) => {
        assert.ok(error instanceof PushbenchError);
        for (const part of ['4 mistakes', '--x: unknown', '--rate 0:', '--payload 1:', '--open: contradicts']) {
          assert.ok(error.message.includes(part), `${part} is not in: ${error.message}`);
        }
        return true;
      },
    );
  });

  it('are not told twice of a flag that is wrong by itself', () => {
    assert.equal(mistakesOf(['--transports', 'x', '--poll-interval', '1s']).length, 1);
  });
});

describe('the command that repeats a run', () => {
  const repeat = (...argv: string[]) => repeatCommand(values(...argv), flagTable(CONTEXT.transports), 42);

  it('has the flags that were given and the seed, but not where and how to show it', () => {
    assert.equal(
      repeat(
        '--quick',
        '--clients',
        '10,1k',
        '--out',
        'x',
        '--json',
        '--open',
        '--progress',
        'off',
        '--color',
        'never',
      ),
      'npm run bench -- run --clients 10,1k --quick --seed 42',
    );
    assert.equal(repeat('--seed', '42'), 'npm run bench -- run --seed 42');
  });

  it('has every one of a flag that may be repeated', () => {
    assert.equal(
      repeat('--assert', 'sse.p99<50ms', '--assert', 'sse.missed==0'),
      "npm run bench -- run --assert 'sse.p99<50ms' --assert sse.missed==0 --seed 42",
    );
  });

  it('is safe to paste into a shell', () => {
    assert.match(repeat('--label', "it's; rm -rf ~"), /--label 'it'\\''s; rm -rf ~'/);
    assert.match(repeat('--label=--x'), /--label=--x/);
  });
});

describe('the table of flags', () => {
  it('has one name a flag, and for each that takes a value what is allowed', () => {
    const flags = Object.values(flagTable(CONTEXT.transports));
    assert.equal(new Set(flags.map((flag) => flag.name)).size, flags.length);
    for (const flag of flags) {
      assert.match(flag.name, /^[a-z]+(-[a-z]+)*$/);
      assert.equal(flag.allowed === '', flag.placeholder === null, flag.name);
      assert.ok(flag.help.length > 0);
    }
  });
});
