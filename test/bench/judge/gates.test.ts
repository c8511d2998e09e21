import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judge, type UnjudgedTrial } from '../../../bench/judge/gates.ts';
import { distributionOf, fixtureResult, publishedBy } from '../../helpers/result-fixture.ts';

const good: UnjudgedTrial = { ...fixtureResult({ blocks: 1, transports: ['sse'] }).trials[0]!, witnesses: null };

/** The codes of the reasons against a trial that is sound but for the given change. */
function codesOf(change: (trial: UnjudgedTrial) => UnjudgedTrial): string[] {
  return judge(change(good)).reasons.map((reason) => reason.code);
}

test('a sound trial is valid', () => {
  assert.deepEqual(judge(good), { status: 'valid', reasons: [] });
});

test('each broken property has its own reason, with the measured value and the limit', () => {
  const { ledger, clients, server } = good;
  const cases: [string, number, number, (trial: UnjudgedTrial) => UnjudgedTrial][] = [
    ['TICKS_MISSED', 3, 0, (trial) => ({ ...trial, ledger: { ...ledger, missed: 3 } })],
    ['TICKS_DUPLICATE', 1, 0, (trial) => ({ ...trial, ledger: { ...ledger, duplicate: 1 } })],
    ['TICKS_OUT_OF_ORDER', 1, 0, (trial) => ({ ...trial, ledger: { ...ledger, outOfOrder: 1 } })],
    ['TICKS_CORRUPT', 1, 0, (trial) => ({ ...trial, ledger: { ...ledger, corrupt: 1 } })],
    ['NOTHING_DELIVERED', 0, 1, (trial) => ({ ...trial, ledger: { ...ledger, delivered: 0 } })],
    ['CLIENTS_DROPPED', 2, 0, (trial) => ({ ...trial, clients: { ...clients, dropped: 2 } })],
    [
      'CLIENTS_NOT_CONNECTED',
      0.5,
      0.999,
      (trial) => ({ ...trial, clients: { ...clients, connected: clients.target / 2 } }),
    ],
    [
      'FEED_RATE_OFF',
      0.5,
      0.01,
      (trial) => ({
        ...trial,
        server: { ...server, feed: { ...server.feed!, achievedRateHz: trial.cell.rateHz / 2 } },
      }),
    ],
  ];
  for (const [code, value, limit, change] of cases) {
    const { status, reasons } = judge(change(good));
    assert.equal(status, 'invalid', code);
    assert.deepEqual(
      reasons.map((reason) => [reason.code, reason.value, reason.limit]),
      [[code, value, limit]],
    );
  }
});

test('workers that share the connections unevenly are a caution, chance is not', () => {
  const held = (...connectionsPerWorker: number[]) =>
    codesOf((trial) => ({ ...trial, server: { ...trial.server, connectionsPerWorker } }));
  assert.deepEqual(held(18_300, 17_700), []);
  assert.deepEqual(held(40, 24), [], 'few connections vary by chance');
  assert.deepEqual(held(2000), [], 'one worker has them all');
  assert.deepEqual(held(24_000, 12_000), ['WORKERS_UNBALANCED']);
  assert.deepEqual(held(4000, 0), ['WORKERS_UNBALANCED']);
});

/** The sound trial with one agent changed. */
function withAgent(change: Partial<UnjudgedTrial['agents'][number]>): UnjudgedTrial {
  return { ...good, agents: [{ ...good.agents[0]!, ...change }] };
}

const canary: NonNullable<UnjudgedTrial['canary']> = {
  library: 'eventsource',
  clients: 8,
  latencyUs: good.latencyUs,
  ledger: { ...good.ledger, expected: 240, delivered: 240 },
  differenceUs: { median: 100, low: -50, high: 300 },
  marginUs: 2000,
  agrees: true,
};
const { p99 } = good.latencyUs;

test('what makes figures doubtful is a caution, what makes them worthless is invalid', () => {
  const { server, host, cell } = good;
  const feed = (latenessP99Us: number) => ({
    ...good,
    server: { ...server, feed: { ...server.feed!, latenessP99Us } },
  });
  const cpu = { user: 0.5, system: 0.1, softirq: 0, steal: 0, idle: 0.4, other: 0 };
  const polled = (p99Us: number): UnjudgedTrial => ({
    ...good,
    cell: { ...cell, pollIntervalMs: 1000 },
    pollLatenessUs: { ...good.connectUs, p99: p99Us },
  });
  const cases: [trial: UnjudgedTrial, code: string | null, severity?: 'caution' | 'invalid'][] = [
    [feed(10_000), null],
    [feed(10_100), 'FEED_LATE', 'caution'],
    [feed(300_000), 'FEED_LATE', 'caution'],
    [withAgent({ utilisation: 0.9 }), null],
    [withAgent({ utilisation: 0.91 }), 'AGENT_SATURATED', 'invalid'],
    [withAgent({ readLagP99Us: p99 * 0.1 }), null],
    [withAgent({ readLagP99Us: p99 * 0.11 }), 'AGENT_LAG', 'caution'],
    [withAgent({ readLagP99Us: p99 * 0.6 }), 'AGENT_LAG', 'caution'],
    [withAgent({ readLagP99Us: p99 * 0.6, utilisation: 0.6 }), 'AGENT_BOUND', 'invalid'],
    [withAgent({ readLagP99Us: null, lagP99Us: p99 * 0.2 }), 'AGENT_LAG', 'caution'],
    [{ ...good, canary }, null],
    [{ ...good, canary: { ...canary, agrees: null, differenceUs: null } }, null],
    [{ ...good, canary: { ...canary, agrees: false } }, 'CANARY_DISAGREES', 'caution'],
    [{ ...good, canary: { ...canary, target: 8 } }, null],
    [{ ...good, canary: { ...canary, target: 9 } }, 'CANARY_ABSENT', 'caution'],
    [{ ...good, canary: { ...canary, ledger: { ...canary.ledger, delivered: 0 } } }, 'CANARY_ABSENT', 'caution'],
    [{ ...good, canary: { ...canary, ledger: { ...canary.ledger, missed: 1 } } }, 'CANARY_LEDGER', 'caution'],
    [{ ...good, steadiness: { firstHalfUs: 10_000, secondHalfUs: 14_900 } }, null],
    [{ ...good, steadiness: { firstHalfUs: 1000, secondHalfUs: 5900 } }, null],
    [{ ...good, steadiness: { firstHalfUs: 10_000, secondHalfUs: 15_100 } }, 'UNSTEADY', 'caution'],
    [{ ...good, steadiness: { firstHalfUs: 40_000, secondHalfUs: 10_000 } }, 'UNSTEADY', 'caution'],
    [{ ...good, steadiness: { firstHalfUs: 10_000, secondHalfUs: 31_000 } }, 'UNSTEADY', 'invalid'],
    [{ ...good, host: { ...host, throttledUs: good.phases.measureMs * 9 } }, null],
    [{ ...good, host: { ...host, throttledUs: good.phases.measureMs * 11 } }, 'THROTTLED', 'caution'],
    // a hundredth of one core's time, however many there are
    [
      { ...good, host: { ...host, throttledUs: good.phases.measureMs * 11, throttledCores: 8 } },
      'THROTTLED',
      'caution',
    ],
    [{ ...good, host: { ...host, swappedPages: 1 } }, 'SWAPPING', 'caution'],
    [{ ...good, host: { ...host, listenOverflows: 0 } }, null],
    [{ ...good, host: { ...host, listenOverflows: null } }, null],
    [{ ...good, host: { ...host, listenOverflows: 1 } }, 'LISTEN_OVERFLOW', 'caution'],
    [{ ...good, host: { ...host, cpu: { ...cpu, steal: 0.06 } } }, 'CPU_STOLEN', 'caution'],
    [{ ...good, host: { ...host, cpu: { ...cpu, steal: 0.3 } } }, 'CPU_STOLEN', 'invalid'],
    [{ ...good, host: { ...host, others: null } }, null],
    [{ ...good, host: { ...host, others: { share: 0.05, programs: [] } } }, null],
    [{ ...good, host: { ...host, others: { share: 0.06, programs: [] } } }, 'OTHER_PROGRAMS', 'caution'],
    [{ ...good, host: { ...host, others: { share: 0.26, programs: [] } } }, 'OTHER_PROGRAMS', 'invalid'],
    [{ ...good, host: { cpu: null, throttledUs: null, swappedPages: null } }, null],
    [{ ...good, latencyUs: { ...good.latencyUs, negative: { count: 3, minUs: -5 } } }, null],
    [{ ...good, latencyUs: { ...good.latencyUs, negative: { count: 3, minUs: -6 } } }, 'CLOCK', 'invalid'],
    [polled(50_000), null],
    [polled(51_000), 'POLLS_LATE', 'caution'],
    [polled(510_000), 'POLLS_LATE', 'invalid'],
  ];
  for (const [trial, code, severity] of cases) {
    const { status, reasons } = judge(trial);
    assert.deepEqual(
      reasons.map((reason) => reason.code),
      code === null ? [] : [code],
    );
    assert.equal(status, severity ?? 'valid', code ?? 'none');
    for (const { message, value, limit } of reasons) {
      assert.ok(message.length > 20 && Number.isFinite(value) && Number.isFinite(limit));
    }
  }
});

test('a server that ran before must be the same to the end of the trial', () => {
  const attached = (process: 'same' | 'restarted' | 'gone' | null) =>
    judge({ ...good, server: { ...good.server, attached: { meter: 'pid', process } } });
  assert.equal(attached('same').status, 'valid', 'that it was not fresh is said of the run');
  assert.equal(attached(null).status, 'valid');
  for (const process of ['restarted', 'gone'] as const) {
    const { status, reasons } = attached(process);
    assert.deepEqual([status, reasons.map(({ code }) => code)], ['invalid', ['TARGET_RESTARTED']]);
  }
});

test('CPU that is counted in steps is a caution where they are more than 3 % of it', () => {
  const counted = (cpuUserUs: number | null, cpuStepUs: number) =>
    judge({ ...good, server: { ...good.server, cpuUserUs, cpuSystemUs: cpuUserUs === null ? null : 0, cpuStepUs } });
  assert.equal(counted(300_000, 0).status, 'valid');
  assert.equal(counted(340_000, 10_000).status, 'valid');
  assert.equal(counted(null, 10_000).status, 'valid', 'nobody metered it');
  const { status, reasons } = counted(100_000, 10_000);
  assert.deepEqual(
    [status, reasons[0]!.code, reasons[0]!.value, reasons[0]!.limit],
    ['caution', 'CPU_COARSE', 0.1, 0.03],
  );
  assert.equal(counted(0, 10_000).reasons[0]!.value, 1);
});

test('of a server that makes its ticks itself nobody but its clients tells of the feed', () => {
  assert.equal(judge({ ...good, server: { ...good.server, feed: null } }).status, 'valid');
});

test('of a server that is published to, who was late is told: the publisher, or the server that takes ticks slowly', () => {
  const { server, cell } = good;
  const late = { ...server, feed: { ...server.feed!, latenessP99Us: 50_000 } };
  const periodUs = 1e6 / cell.rateHz;
  const at = (us: number) => distributionOf([us], 30);
  const judged = (publish: UnjudgedTrial['publish'], of = server) => {
    const { status, reasons } = judge({ ...good, server: of, ...(publish === undefined ? {} : { publish }) });
    return [status, ...reasons.map(({ code }) => code)];
  };
  assert.deepEqual(judged(publishedBy('http')), ['valid']);
  assert.deepEqual(judged(publishedBy('stdin')), ['valid']);
  assert.deepEqual(judged(publishedBy('stdin'), late), ['valid'], 'a feed that the server has not');
  assert.deepEqual(judged(null, late), ['caution', 'FEED_LATE']);
  assert.deepEqual(judged(undefined, late), ['caution', 'FEED_LATE']);
  assert.deepEqual(judged(publishedBy('http', { sentUs: at(9900) })), ['valid']);
  assert.deepEqual(judged(publishedBy('http', { sentUs: at(10_100) })), ['caution', 'PUBLISH_LATE']);
  assert.deepEqual(judged(publishedBy('http', { answerUs: at(periodUs * 0.99) })), ['valid']);
  assert.deepEqual(judged(publishedBy('http', { answerUs: at(periodUs * 1.01) })), ['caution', 'PUBLISH_SLOW']);
  assert.deepEqual(judged(publishedBy('stdin', { answerUs: at(periodUs * 1.01) })), ['caution', 'PUBLISH_SLOW']);
  assert.deepEqual(judged(publishedBy('http', { failed: 1 })), ['invalid', 'PUBLISH_FAILED']);
  const blamed = publishedBy('http', { sentUs: at(50_000), answerUs: at(periodUs * 2) });
  const others = { share: 0.1, programs: [] };
  assert.deepEqual(
    judge({ ...good, publish: blamed, host: { ...good.host, others } }).reasons.map(({ code }) => code),
    ['OTHER_PROGRAMS'],
    'cautions would be about them',
  );
  const sentence = (publish: UnjudgedTrial['publish']) => judge({ ...good, publish: publish! }).reasons[0]!.message;
  assert.match(
    sentence(publishedBy('http', { failed: 2, failure: 'the server answered 500. Sorry\nstack' })),
    /^the server did not take 2 of 30 ticks that were published to it \(first: the server answered 500; Sorry\)[^.]*\. Look/,
  );
  assert.match(sentence(publishedBy('stdin', { failed: 2 })), /Let it read its standard input to the end$/);
  assert.match(
    sentence(publishedBy('stdin', { answerUs: at(250_000) })),
    /^the pipe to the server's standard input was full, and took lines up to 250 ms \(p99\)[^.]*the 100 ms from one tick/,
  );
  assert.match(
    sentence(publishedBy('http', { answerUs: at(250_000) })),
    /^the server took up to 250 ms \(p99\) to answer/,
  );
});

test('a feed that emits too few ticks is the publisher where the server has none', () => {
  const slow = { ...good.server, feed: { ...good.server.feed!, achievedRateHz: 9 } };
  const sentence = (publish: UnjudgedTrial['publish']) =>
    judge({ ...good, server: slow, publish: publish! }).reasons.find(({ code }) => code === 'FEED_RATE_OFF')!.message;
  assert.match(sentence(null), /^the feed emitted 9\.00 ticks\/s instead of 10; the server is overloaded$/);
  assert.match(sentence(publishedBy('http')), /^the publisher sent 9\.00 ticks\/s instead of 10: it, not the server/);
});

test('denied CPU is told as a share of the time of all cores over which the kernel sums it', () => {
  const denied = (throttledUs: number, throttledCores: number) => {
    const { reasons } = judge({ ...good, host: { ...good.host, throttledUs, throttledCores } });
    return reasons.find(({ code }) => code === 'THROTTLED')!;
  };
  const windowUs = good.phases.measureMs * 1000;
  const both = denied(1.2 * windowUs, 2);
  assert.ok(Math.abs(both.value - 0.6) < 1e-9);
  assert.match(both.message, /denied CPU for 60\.0 % of the window, averaged over its 2 cores\./);
  assert.match(denied(0.34 * windowUs, 1).message, /denied CPU for 34\.0 % of the window\./);
  // counters of a group and of the one above may count the same time twice
  assert.equal(denied(5 * windowUs, 2).value, 1);
});

test('one client in a thousand may fail, not more', () => {
  const clients = { ...good.clients, target: 10_000 };
  assert.deepEqual(
    codesOf((trial) => ({ ...trial, clients: { ...clients, connected: 9990 } })),
    [],
  );
  assert.deepEqual(
    codesOf((trial) => ({ ...trial, clients: { ...clients, connected: 9989 } })),
    ['CLIENTS_NOT_CONNECTED'],
  );
});

test('an agent that lags is not bound because another one is busy', () => {
  const [agent] = good.agents;
  const agents = (first: Partial<typeof agent>, second: Partial<typeof agent>): UnjudgedTrial => ({
    ...good,
    agents: [first, second].map((change) => ({ ...agent!, ...change })),
  });
  const lagging = { readLagP99Us: p99 * 0.6, utilisation: 0.1 };
  const busy = { readLagP99Us: 0, utilisation: 0.8 };
  const codes = (trial: UnjudgedTrial) => judge(trial).reasons.map(({ code }) => code);
  assert.deepEqual(codes(agents(lagging, busy)), ['AGENT_LAG']);
  assert.deepEqual(codes(agents(busy, { ...lagging, utilisation: 0.8 })), ['AGENT_BOUND']);
  // An idle one that lags more hides nothing of the one that is late and busy.
  assert.deepEqual(codes(agents({ ...lagging, readLagP99Us: p99 }, { ...lagging, utilisation: 0.8 })), ['AGENT_BOUND']);
});

test('a run that stood still as a whole is invalid by that alone, and blames neither server nor agents', () => {
  const { server, host } = good;
  const busy = (delayMaxUs: number) => ({ ...server, eventLoop: { ...server.eventLoop!, delayMaxUs } });
  const late = {
    steadiness: { firstHalfUs: 1000, secondHalfUs: 900_000 },
    server: { ...busy(6e6), feed: { ...server.feed!, latenessP99Us: 6e6, latenessMaxUs: 6e6 } },
  };
  const { status, reasons } = judge({ ...good, ...late, host: { ...host, standstillUs: 5.9e6 } });
  assert.equal(status, 'invalid');
  assert.deepEqual(
    reasons.map(({ code, value, limit }) => [code, value, limit]),
    [['SUSPENDED', 5.9e6, 500_000]],
  );
  assert.ok(
    judge({ ...good, ...late }).reasons.some(({ code }) => code === 'UNSTEADY'),
    'without it they are asked',
  );

  const codes = (standstillUs: number, delayMaxUs: number) =>
    codesOf((trial) => ({ ...trial, server: busy(delayMaxUs), host: { ...host, standstillUs } }));
  assert.deepEqual(codes(500_000, 9e6), [], 'a busy controller');
  assert.deepEqual(codes(6e6, 20_000), [], 'the controller alone: no figure is harmed');
  assert.deepEqual(codes(0, 6e6), [], 'the server alone: its own doing');
  assert.deepEqual(codes(600_000, 600_000), ['SUSPENDED']);
});

test('where other programs took the CPU they are named, and nobody else is blamed for what follows from it', () => {
  const { host, server } = good;
  const programs = [
    { name: 'cc1plus', cores: 0.61 },
    { name: 'evil\u001b[2J', cores: 0.1 },
  ];
  const late = { ...server, feed: { ...server.feed!, latenessP99Us: 50_000 } };
  const slow = { ...late, feed: { ...late.feed, achievedRateHz: 9 } };
  const judged = (share: number, of: typeof server) =>
    judge({ ...good, server: of, host: { ...host, others: { share, programs } } });
  const codes = (share: number, of: typeof server) => judged(share, of).reasons.map(({ code }) => code);
  assert.match(
    judged(0.3, server).reasons[0]!.message,
    /30\.0 % of the CPU \(cores each kept busy: cc1plus 0\.61, evil[ -~]+ 0\.10\)/,
  );
  assert.deepEqual(codes(0.02, late), ['FEED_LATE']);
  assert.deepEqual(codes(0.1, late), ['OTHER_PROGRAMS'], 'a caution would be about them');
  assert.deepEqual(codes(0.1, slow), ['OTHER_PROGRAMS', 'FEED_RATE_OFF'], 'what is invalid stays so');
  assert.deepEqual(codes(0.3, slow), ['OTHER_PROGRAMS']);
});

test('latency that had not settled when it was measured is unsteady, though its halves are alike', () => {
  assert.deepEqual(
    codesOf((trial) => ({ ...trial, phases: { ...trial.phases, settled: false } })),
    ['UNSTEADY'],
  );
  assert.deepEqual(
    codesOf((trial) => ({ ...trial, phases: { ...trial.phases, settled: null } })),
    [],
  );
});

test('a machine that was asleep in the window counts as stopped, though no clock of a process has seen it', () => {
  const { host } = good;
  assert.deepEqual(
    codesOf((trial) => ({ ...trial, host: { ...host, standstillUs: 0, asleepUs: 60e6 } })),
    ['SUSPENDED'],
  );
  assert.deepEqual(
    codesOf((trial) => ({ ...trial, host: { ...host, asleepUs: 10_000 } })),
    [],
  );
});

test('a canary that is not there does not agree: it is said, with its errors', () => {
  const absent: NonNullable<UnjudgedTrial['canary']> = {
    ...canary,
    clients: 0,
    target: 8,
    errors: [{ code: 'EVENTSOURCE', phase: 'connect', message: 'fetch failed. See the cause', count: 8 }],
    ledger: { ...canary.ledger, expected: 0, delivered: 0 },
    differenceUs: null,
    agrees: null,
  };
  const [reason, ...others] = judge({ ...good, canary: absent }).reasons;
  assert.deepEqual(others, []);
  assert.deepEqual([reason!.code, reason!.severity, reason!.value, reason!.limit], ['CANARY_ABSENT', 'caution', 0, 1]);
  assert.match(
    reason!.message,
    /^0 of 8 clients made with eventsource were connected \(8 x EVENTSOURCE, fetch failed; See/,
  );
  // the report takes what follows the first full stop for what to do
  assert.match(reason!.message, /^[^.]*was not looked at\. Remove what stands in their way/);
});

test('where witnesses tell of latency, it is their lag that counts, and the load may read as late as it will', () => {
  const p99 = good.latencyUs.p99;
  const witnessed = (readLagP99Us: number, utilisation = 0.1) =>
    codesOf((trial) => ({
      ...trial,
      agents: trial.agents.map((agent) => ({ ...agent, readLagP99Us: p99 * 0.8, utilisation: 0.8 })),
      witnesses: {
        clients: 64,
        ledger: trial.ledger,
        readLagP99Us,
        utilisation,
        niceness: 0,
        loadNiceness: [19],
        loadLatencyUs: trial.latencyUs,
      },
    }));
  assert.deepEqual(witnessed(p99 * 0.05), []);
  assert.deepEqual(witnessed(p99 * 0.2), ['AGENT_LAG']);
  assert.deepEqual(witnessed(p99 * 0.6, 0.7), ['AGENT_BOUND']);
});
