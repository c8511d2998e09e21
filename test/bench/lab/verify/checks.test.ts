// Every check of the self-test is shown trials in which its claim holds, and trials in which it does not.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NO_FAULTS, isEvery } from '../../../../server/feed/faults.ts';
import type { Latency, Trial } from '../../../../bench/result/schema.ts';
import { createHistogram, distribution, record } from '../../../../bench/agent/measure/histogram.ts';
import type { UnjudgedTrial } from '../../../../bench/judge/gates.ts';
import { USUAL_CELL, type Outcome, type TrialRequest } from '../../../../bench/lab/verify/check.ts';
import { CHECKS, judgeClocks } from '../../../../bench/lab/verify/checks.ts';
import { verify } from '../../../../bench/lab/verify/run-checks.ts';
import { fixtureResult } from '../../../helpers/result-fixture.ts';

const template: Trial = fixtureResult({ blocks: 1, transports: ['sse'] }).trials[0]!;
const FIRST = 101;

function latencyOf(valuesUs: readonly number[]): Latency {
  const histogram = createHistogram();
  for (const us of valuesUs) record(histogram, us);
  return { ...distribution(histogram), negative: { count: 0, minUs: 0 } };
}

/** What an instrument without a flaw would report of a server that does what the request says. */
function idealTrial({ cell: overrides, faults, settings, stopLoadMs = 0 }: TrialRequest, index: number): UnjudgedTrial {
  const cell = { ...USUAL_CELL, ...overrides };
  const { delayMs, stallMs, stallEvery, ...every } = { ...NO_FAULTS, ...faults };
  const ticks = Math.round((cell.rateHz * (settings?.durationMs ?? 1000)) / 1000);
  const seqs = Array.from({ length: ticks }, (_, tick) => FIRST + tick);
  const times = (n: number) => seqs.filter((seq) => isEvery(n, seq)).length * cell.clients;
  const expected = ticks * cell.clients;
  const ledger = {
    expected,
    delivered: expected - times(every.loseEvery) - times(every.corruptEvery),
    missed: times(every.loseEvery),
    duplicate: times(every.duplicateEvery),
    outOfOrder: times(every.reorderEvery),
    coalesced: 0,
    corrupt: times(every.corruptEvery),
  };
  const tickUs = 1e6 / cell.rateHz;
  // Half a tenth of a per cent of difference between trials, as any two have.
  const oneUs = 1000 * (1 + 0.0005 * (index % 2));
  const pollUs = (cell.pollIntervalMs ?? 0) * 1000;
  const stalls = stallEvery > 0 ? [0, 1, 2, 3, 4].map((tick) => stallMs * 1000 - tick * tickUs) : [];
  const latencyUs = latencyOf([
    ...Array.from(
      { length: 200 - 10 * stalls.length },
      (_, share) => oneUs + delayMs * 1000 + (pollUs * (share + 0.5)) / 200,
    ),
    ...stalls.flatMap((us) => Array.from({ length: 10 }, () => us)),
  ]);
  const sent = (perTick: (seq: number) => number) => seqs.reduce((sum, seq) => sum + perTick(seq), 0) * cell.clients;
  const chunk = (bytes: number) => bytes + bytes.toString(16).length + 4;
  const sse = (seq: number) => chunk(5 + String(seq).length + cell.payloadBytes + 8);
  const line = () => chunk(cell.payloadBytes + 1);
  const head = cell.payloadBytes <= 125 ? 2 : cell.payloadBytes <= 65_535 ? 4 : 10;
  const ageUs = {
    ...template.ageUs,
    mean: tickUs / 2 + pollUs / 2 + oneUs,
    max: tickUs + Math.max(oneUs, stallMs * 1000),
  };
  return {
    ...template,
    cell,
    phases: { ...template.phases, firstSeq: FIRST, lastSeq: FIRST + ticks - 1 },
    clients: { target: cell.clients, connected: cell.clients, failed: 0, dropped: 0 },
    canary: null,
    ledger,
    latencyUs,
    witnesses: {
      clients: cell.clients / 2,
      ledger,
      readLagP99Us: 10,
      utilisation: 0.01,
      niceness: 0,
      loadNiceness: [19],
      loadLatencyUs: { ...latencyUs, max: Math.max(latencyUs.max, stopLoadMs * 1000) },
    },
    ageUs,
    bytes: {
      ...template.bytes,
      applicationSent: sent(
        cell.transport === 'sse' ? sse : cell.transport === 'stream' ? line : () => cell.payloadBytes + head,
      ),
    },
    server: {
      ...template.server,
      feed: { ...template.server.feed!, latenessP50Us: 500 + delayMs * 1000 },
    },
  };
}

function outcomesOf(
  name: string,
  spoil: (trial: UnjudgedTrial, index: number) => UnjudgedTrial = (trial) => trial,
): Outcome[] {
  const check = CHECKS.find((candidate) => candidate.name === name)!;
  return check.judge(check.trials.map((request, index) => spoil(idealTrial(request, index), index)));
}

const failures = (outcomes: readonly Outcome[]) =>
  outcomes.filter((outcome) => !outcome.passed).map(({ claim }) => claim);

test('every check passes on a flawless instrument', () => {
  for (const { name } of CHECKS) {
    const outcomes = outcomesOf(name);
    assert.ok(outcomes.length > 0, name);
    assert.deepEqual(
      outcomes.filter((outcome) => !outcome.passed),
      [],
    );
  }
});

test('each check fails when its property is broken', () => {
  const latency = (change: (us: Latency) => Partial<Latency>) => (trial: UnjudgedTrial) => ({
    ...trial,
    latencyUs: { ...trial.latencyUs, ...change(trial.latencyUs) },
  });
  type Broken = [check: string, claim: RegExp, spoil: (trial: UnjudgedTrial, index: number) => UnjudgedTrial];
  const broken: Broken[] = [
    [
      'byte formulas',
      /SSE: bytes .* 125 bytes/,
      (trial, index) =>
        index === 0 ? { ...trial, bytes: { ...trial.bytes, applicationSent: trial.bytes.applicationSent + 1 } } : trial,
    ],
    [
      'fair witnesses',
      /long polling: the witnesses stand evenly/,
      (trial) => ({
        ...trial,
        latencyUs: latencyOf(Array.from({ length: 200 }, (_, at) => 1000 + at * 100)),
        fanOutSpreadUs: latencyOf(Array.from({ length: 20 }, () => 4000)),
      }),
    ],
    ...(['missed', 'duplicate', 'outOfOrder', 'corrupt'] as const).map(
      (column): [string, RegExp, (trial: UnjudgedTrial) => UnjudgedTrial] => [
        'injected faults',
        /ledger finds/,
        (trial) => ({ ...trial, ledger: { ...trial.ledger, [column]: trial.ledger[column] + 1 } }),
      ],
    ),
    [
      'injected faults',
      /ledger finds/,
      (trial) => ({ ...trial, ledger: { ...trial.ledger, delivered: trial.ledger.delivered - 1 } }),
    ],
    [
      'injected delay',
      /delay of 5 ms/,
      (trial, index) => (index === 1 ? latency(({ p50 }) => ({ p50: p50 + 1300 }))(trial) : trial),
    ],
    [
      'injected delay',
      /delay of 50 ms/,
      (trial, index) => (index === 2 ? latency(({ p50 }) => ({ p50: p50 - 400 }))(trial) : trial),
    ],
    ['coordinated omission', /shows in full in p99/, latency(() => ({ p99: 3000 }))],
    ...(['p50', 'p99'] as const).map((key): Broken => [
      'stopped load',
      new RegExp(`witnesses' ${key}`),
      (trial, index) => (index === 1 ? latency((us) => ({ [key]: us[key] * 1.06 }))(trial) : trial),
    ]),
    ['stopped load', /p50/, (trial) => ({ ...trial, witnesses: null })],
    ['stopped load', /p50/, (trial) => ({ ...trial, ledger: { ...trial.ledger, missed: 1 } })],
    ['coordinated omission', /largest age/, (trial) => ({ ...trial, ageUs: { ...trial.ageUs, max: 110_000 } })],
    [
      'polling theory',
      /mean latency is half/,
      (trial, index) => (index === 1 ? latency(({ mean }) => ({ mean: mean * 1.06 }))(trial) : trial),
    ],
    [
      'polling theory',
      /p99 is 0.99/,
      (trial, index) => (index === 1 ? latency(({ p99 }) => ({ p99: p99 * 0.97 }))(trial) : trial),
    ],
    [
      'polling theory',
      /older than push/,
      (trial, index) => (index === 1 ? { ...trial, ageUs: { ...trial.ageUs, mean: trial.ageUs.mean * 1.06 } } : trial),
    ],
    [
      'polling theory',
      /half a tick/,
      (trial, index) =>
        index === 0 ? { ...trial, ageUs: { ...trial.ageUs, mean: trial.ageUs.mean + 11_000 } } : trial,
    ],
    [
      'lean against library',
      /clients agree/,
      (trial) => (trial.cell.driver === 'library' ? latency(({ p50 }) => ({ p50: p50 + 4100 }))(trial) : trial),
    ],
    [
      'lean against library',
      /clients agree/,
      (trial) => (trial.cell.driver === 'library' ? { ...trial, ledger: { ...trial.ledger, delivered: 1 } } : trial),
    ],
    [
      'A/A',
      /staleness/,
      // The order alternates by block: trials 0, 3, 4, 7, … carry the first name.
      (trial, index) =>
        [0, 3].includes(index % 4) ? { ...trial, ageUs: { ...trial.ageUs, mean: trial.ageUs.mean * 1.1 } } : trial,
    ],
  ];
  for (const [name, claim, spoil] of broken) {
    const failed = failures(outcomesOf(name, spoil));
    assert.ok(
      failed.some((text) => claim.test(text)),
      `${name}: ${claim} did not fail, only ${JSON.stringify(failed)}`,
    );
  }
});

test('a tick that arrives before it is due fails the clocks', () => {
  const trial = idealTrial({ cell: { transport: 'sse' } }, 0);
  assert.ok(judgeClocks([trial]).passed);
  const early = { ...trial, latencyUs: { ...trial.latencyUs, negative: { count: 1, minUs: -6 } } };
  assert.ok(!judgeClocks([trial, early]).passed);
});

test('the self-test runs the trials of each check in order, and judges the clocks of all', async () => {
  const seeds = new Set<number>();
  const names: string[] = [];
  const outcomes = await verify({
    seed: 3,
    pin: false,
    signal: new AbortController().signal,
    onTrial: (name) => names.push(name),
    onOutcomes: () => undefined,
    execute: async (spec) => {
      seeds.add(spec.settings.seed);
      return idealTrial(spec, spec.order);
    },
  });
  const total = CHECKS.reduce((sum, check) => sum + check.trials.length, 0);
  assert.equal(names.length, total);
  assert.equal(seeds.size, total, 'each trial has phases of its own');
  assert.match(outcomes.at(-1)!.claim, /clocks/);
  assert.ok(outcomes.every((outcome) => outcome.passed));
});
