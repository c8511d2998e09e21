import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { COMMANDS } from '../../../bench/command/index.ts';
import { LAB_COMMANDS } from '../../../bench/lab/index.ts';
import type { Command, Invocation } from '../../../bench/command/command.ts';
import { main } from '../../../bench/command/main.ts';
import { suggestion } from '../../../server/suggestion.ts';
import { EXIT, PushbenchError } from '../../../bench/basics/errors.ts';
import { NO_DEFAULTS } from '../../../bench/command/flag-table.ts';
import { parseFlags } from '../../../bench/command/read-flags.ts';
import { fakeSurroundings } from './surroundings.ts';

const ALL = [...COMMANDS, ...LAB_COMMANDS];

/** The real table, but each command only notes how it was called and judges its flags. */
function spies(fail?: unknown) {
  const calls: { name: string; invocation: Invocation }[] = [];
  const commands = ALL.map((command): Command => ({
    ...command,
    execute: (invocation) => {
      calls.push({ name: command.name, invocation });
      if (fail !== undefined) return Promise.reject(fail);
      parseFlags(command.flags, invocation.values, { ...NO_DEFAULTS, transports: ['sse'] }, invocation.mistakes);
      return Promise.resolve(0);
    },
  })) as [Command, ...Command[]];
  return { calls, commands };
}

async function start(t: TestContext, argv: string[], fail?: unknown) {
  const { surroundings, stdout, stderr } = await fakeSurroundings(t);
  const { calls, commands } = spies(fail);
  const code = await main(argv, '1.2.3', surroundings, commands);
  return { code, calls, stdout: stdout(), stderr: stderr() };
}

describe('the command line', () => {
  it('runs the comparison when no command is named', async (t) => {
    for (const argv of [[], ['--quick'], ['--clients', '10', '--quick'], ['run', '--quick']]) {
      const { code, calls } = await start(t, argv);
      assert.deepEqual([code, calls.length, calls[0]?.name], [0, 1, 'run'], argv.join(' '));
    }
  });

  it('hands values, operands and switches to the command', async (t) => {
    const { calls } = await start(t, ['report', 'a/b', '--open', '--json']);
    assert.deepEqual(calls, [
      {
        name: 'report',
        invocation: { values: { open: [null], json: [null] }, operands: ['a/b'], mistakes: [] },
      },
    ]);
    const run = await start(t, ['--clients=1,2', '--seed', '-1', '--label', '']);
    assert.deepEqual(run.calls[0]!.invocation.values, { clients: ['1,2'], seed: ['-1'], label: [''] });
  });

  it('keeps a name that is an operand from being taken for a command', async (t) => {
    assert.deepEqual((await start(t, ['report', 'list'])).calls[0]!.invocation.operands, ['list']);
    assert.deepEqual((await start(t, ['--out', 'list'])).calls[0]!.name, 'run');
    assert.deepEqual((await start(t, ['report', '--open', '--', '--odd'])).calls[0]!.invocation.operands, ['--odd']);
  });

  it('tells version and help on stdout and ends well, with no command started', async (t) => {
    assert.equal((await start(t, ['--version'])).stdout, '1.2.3\n');
    for (const argv of [['--help'], ['-h'], ['run', '--help'], ['--clients', '0', '--help'], ['help']]) {
      const { code, calls, stdout, stderr } = await start(t, argv);
      assert.deepEqual([code, calls.length, stderr], [0, 0, ''], argv.join(' '));
      assert.match(stdout, /Examples[\s\S]*--clients <list>[\s\S]*\[1 to 1,000,000; default: 1000\]/);
    }
    const { stdout } = await start(t, ['list', '--help']);
    assert.match(stdout, /Usage: npm run bench -- list \[flags\]/);
    assert.doesNotMatch(stdout, /--clients/);
  });

  it('has help with examples first, every flag, every exit code, and lines that fit', async (t) => {
    const { stdout } = await start(t, ['--help']);
    assert.ok(stdout.indexOf('Examples') < stdout.indexOf('Usage'));
    for (const { code } of Object.values(EXIT)) assert.match(stdout, new RegExp(`^  ${code} `, 'm'));
    for (const command of ALL) assert.match(stdout, new RegExp(`^  ${command.name} `, 'm'));
    for (const line of stdout.split('\n')) assert.ok(line.length <= 100, line);
  });

  it('gives every example of the help a command line without mistakes', async (t) => {
    for (const command of ALL) {
      for (const [line] of command.examples) {
        const { code, calls, stderr } = await start(
          t,
          // as a shell takes quotes away
          line
            .split(' ')
            .filter((word) => word !== '')
            .map((word) => word.replaceAll("'", '')),
        );
        // the spies know of one transport only
        const others = stderr
          .split('\n')
          .filter(
            (text) => text.startsWith('  ') && !text.startsWith('  --transports') && !text.includes('there are sse'),
          );
        assert.deepEqual(others, [], line);
        assert.deepEqual([code === 0 || stderr.includes('transport'), calls[0]?.name], [true, command.name], line);
      }
    }
  });
});

describe('mistakes on the command line', () => {
  for (const [argv, ...parts] of [
    [['--clinets', '5'], '--clinets: unknown flag; did you mean --clients?'],
    [['--client=5'], 'did you mean --clients?'],
    [['--xyzzy'], '--xyzzy: unknown flag; allowed: --transports --clients'],
    [['-c', '5'], '-c: unknown flag'],
    [
      ['lst'],
      'lst: unknown command; did you mean list?; allowed: run, capacity, plan, compare, report, list, targets, check, verify',
    ],
    [['xyzzy'], 'xyzzy: unknown command; allowed: run, capacity, plan, compare, report, list, targets, check, verify'],
    [['--quick', 'list'], 'list: the command comes first: npm run bench -- list'],
    [['list', '--clients', '5'], '--clients=5: not a flag of list, but of run and capacity and plan'],
    [['list', 'x'], 'x: unexpected; list takes none'],
    [['report'], 'report DIR: missing'],
    [['report', 'a', 'b'], 'b: unexpected; report takes 1'],
    [['--json=yes'], '--json=yes: a switch takes no value'],
    [['--clients', '--quick'], '--clients: needs a value'],
    [['--\u001B[2J'], String.raw`'--\u001b[2J': unknown flag`],
  ] as const satisfies [string[], string, ...string[]][]) {
    it(`are told for ${JSON.stringify(argv)}`, async (t) => {
      const { code, stdout, stderr } = await start(t, [...argv]);
      assert.equal(code, 2);
      assert.equal(stdout, '');
      assert.match(stderr, /^pushbench: a mistake on the command line; nothing was started\.\n/);
      for (const part of parts) assert.ok(stderr.includes(part), `${part} is not in: ${stderr}`);
    });
  }

  it('are told all at once, unknown flags and commands as well', async (t) => {
    const { code, stderr } = await start(t, ['rnu', '--clinets', '5', '--rate', '0', '--foo=1', '--payload']);
    assert.equal(code, 2);
    for (const part of [
      '5 mistakes',
      'rnu: unknown command',
      '--clinets:',
      '--rate 0:',
      '--foo=1:',
      '--payload: needs a value',
    ]) {
      assert.ok(stderr.includes(part), `${part} is not in: ${stderr}`);
    }
  });

  it('suggest only what is near', () => {
    assert.equal(suggestion('--transport', ['--transports', '--clients']), '; did you mean --transports?');
    assert.equal(suggestion('--zzz', ['--transports', '--clients']), '');
    assert.equal(suggestion('rum', ['run', 'list']), '; did you mean run?');
    assert.equal(suggestion('zzz', ['run', 'list']), '');
  });
});

describe('failures', () => {
  it('that a person can act on are sentences with the exit code of their reason', async (t) => {
    for (const reason of ['usage', 'resource', 'target', 'invalid'] as const) {
      const { code, stderr } = await start(t, [], new PushbenchError(reason, 'X', 'Do this.'));
      assert.deepEqual([code, stderr], [EXIT[reason].code, 'pushbench: Do this.\n']);
    }
  });

  it('that are defects come with their stack and cause', async (t) => {
    const cause = new Error('the cause of it');
    const { code, stderr } = await start(t, [], new TypeError('oops', { cause }));
    assert.equal(code, 1);
    assert.match(
      stderr,
      /a defect in pushbench\. Please report it[\s\S]*TypeError: oops[\s\S]*main\.test\.ts[\s\S]*the cause of it/,
    );
    assert.equal((await start(t, [], 'a string')).code, 1);
  });
});
