import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { randomFrom } from '../../../bench/basics/random.ts';
import type { RunResult } from '../../../bench/result/schema.ts';
import { machineText } from '../../../bench/judge/change-words.ts';
import { compareRuns } from '../../../bench/judge/compare-runs.ts';
import { fakePlan, fakeResult } from '../command/terminal/fake-run.ts';
import { cellOf, trialsOf, type Figures } from './contest.ts';

const run = (figures: Figures, edit: (result: RunResult) => void = () => {}): RunResult => {
  const cells = Object.keys(figures).map((name) => cellOf(name));
  const result = fakeResult(fakePlan(cells, 8), trialsOf(figures));
  edit(result);
  return result;
};

const normal = (seed: number) => {
  const random = randomFrom(seed);
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
};

const noisy = (figure: number, seed: number, spread = 0.01, count = 8) => {
  const next = normal(seed);
  return Array.from({ length: count }, () => figure * Math.exp(spread * next()));
};

const outcomes = (a: RunResult, b: RunResult) => {
  const { changes } = compareRuns(a, b);
  return Object.fromEntries(changes.map(({ cell, metric, outcome }) => [`${cell.transport} ${metric.id}`, outcome]));
};

describe('two runs', () => {
  it('are compared metric by metric, the second against the first', () => {
    const found = outcomes(
      run({ sse: noisy(10_000, 1), websocket: noisy(10_000, 2) }),
      run({ sse: noisy(11_000, 3), websocket: noisy(9000, 4) }),
    );
    assert.equal(found['sse p99'], 'worse');
    assert.equal(found['websocket p99'], 'better');
    // the others are the same figure in every trial
    assert.deepEqual([found['sse p50'], found['sse bytes'], found['websocket memory']], Array(3).fill('equivalent'));
    assert.equal(Object.keys(found).length, 14);
  });

  it('are corrected for all metrics and cells that vary, and give shift and interval in both scales', () => {
    const { family, changes } = compareRuns(run({ sse: noisy(10_000, 1) }), run({ sse: noisy(11_000, 3) }));
    const p99 = changes.find(({ metric }) => metric.id === 'p99')!;
    assert.deepEqual([family, p99.trials], [7, { a: 8, b: 8 }]);
    // the six others are the same in every trial: p99 alone could be told by chance
    assert.ok(p99.level! > 0.045 && p99.level! <= 0.05);
    const others = changes.filter(({ metric }) => metric.id !== 'p99');
    assert.ok(others.every(({ level }) => level === 0.05 / 6));
    assert.ok(Math.abs(p99.ratio!.value - 1.1) < 0.02 && p99.ratio!.low! > 1.02);
    assert.ok(Math.abs(p99.difference!.value - 1000) < 200 && p99.difference!.low! < p99.difference!.value);
    assert.ok(p99.p! <= p99.level!);
  });

  it('that are alike are not found to differ', () => {
    let claims = 0;
    for (let seed = 0; seed < 200; seed++) {
      const found = outcomes(run({ sse: noisy(10_000, seed, 0.2) }), run({ sse: noisy(10_000, seed + 1000, 0.2) }));
      if (found['sse p99'] === 'worse' || found['sse p99'] === 'better') claims++;
    }
    assert.ok(claims <= 10, `${claims} of 200`);
  });

  it('cannot be told apart where the noise is as large as the change', () => {
    assert.equal(
      outcomes(run({ sse: noisy(10_000, 1, 0.2) }), run({ sse: noisy(10_500, 3, 0.2) }))['sse p99'],
      'cannot-tell',
    );
  });

  it('are not judged below six trials that count', () => {
    const few = [...noisy(10_000, 1, 0.01, 5), null, null, null];
    assert.equal(outcomes(run({ sse: few }), run({ sse: noisy(20_000, 3) }))['sse p99'], 'withheld');
    assert.equal(compareRuns(run({ sse: few }), run({ sse: few })).family, 0);
  });

  it('share the cells that are equal in every respect', () => {
    const a = run({ sse: noisy(1, 1), 'polling 250': noisy(1, 2) });
    const b = run({ sse: noisy(1, 1), 'polling 1000': noisy(1, 2), websocket: noisy(1, 3) });
    const { cells, changes } = compareRuns(a, b);
    assert.deepEqual(cells, { shared: 1, onlyA: 1, onlyB: 2 });
    assert.ok(changes.every(({ cell }) => cell.transport === 'sse'));
  });

  it('are not judged where machine or settings differ, and every difference is named', () => {
    const a = run({ sse: noisy(10_000, 1) });
    const b = run({ sse: noisy(20_000, 3) }, ({ environment, plan }) => {
      environment.cpuModel = 'another';
      environment.node = 'v26.11.0';
      environment.dependencies = { ws: '9.0.0' };
      plan.settings.pin = true;
      plan.settings.seed = 1;
    });
    const { comparable, differences, changes } = compareRuns(a, b);
    assert.equal(comparable, false);
    assert.ok(changes.every(({ outcome }) => outcome === 'withheld'));
    assert.deepEqual(
      differences.map(({ what, a: before, b: after, withholds }) => [what, before, after, withholds]),
      [
        ['CPU model', 'cpu', 'another', true],
        ['pinned to cores', 'no', 'yes', true],
        ['Node', 'v26', 'v26.11.0', false],
        ['dependency ws', 'none', '9.0.0', false],
      ],
    );
  });

  it('are not judged where something else was put into every process, or another quota held', () => {
    const given = (change: Partial<RunResult['environment']>) =>
      run({ sse: noisy(10_000, 1) }, ({ environment }) => void Object.assign(environment, change));
    const differences = (a: RunResult, b: RunResult) => {
      const { comparable, differences: found } = compareRuns(a, b);
      return [comparable, ...found.map(({ what, a: before, b: after }) => [what, before, after])];
    };
    const plain = given({ variables: {}, execArgv: ['--expose-gc'], coreList: null, cpuQuota: null });
    const traced = given({ variables: { NODE_OPTIONS: '--import=apm' } });
    const named = ['variable NODE_OPTIONS', 'none', '--import=apm'];
    assert.deepEqual(differences(plain, traced), [false, named]);
    assert.deepEqual(differences(plain, given({ variables: {}, cpuQuota: 1.5 })), [
      false,
      ['CPU quota (cores)', 'none', '1.5'],
    ]);
    assert.deepEqual(differences(plain, given({ variables: {}, execArgv: ['--expose-gc', '--jitless'] }))[0], false);
    // the same number of cores of one machine: named, as it may matter where these are not alike
    assert.deepEqual(differences(plain, given({ variables: {}, coreList: '4-5' })), [
      true,
      ['restricted to cores', 'none', '4-5'],
    ]);
    // an older result does not say: that the other had nothing is no difference, that it had something is one
    assert.deepEqual(differences(given({}), plain), [true]);
    assert.deepEqual(differences(given({}), traced), [
      false,
      ['variable NODE_OPTIONS', 'not recorded', '--import=apm'],
    ]);
  });

  it('may differ in versions, which is what one compares', () => {
    const a = run({ sse: noisy(10_000, 1) });
    const b = run({ sse: noisy(20_000, 3) }, ({ environment, run: info }) => {
      environment.dependencies = { fastify: '6.0.0' };
      info.commit = 'abc';
    });
    assert.equal(compareRuns(a, b).comparable, true);
    const c = run({ sse: noisy(20_000, 3) }, ({ environment }) => (environment.node = 'v27.0.0'));
    assert.equal(compareRuns(a, c).comparable, false);
  });

  it('are compared by difference where there is no ratio', () => {
    const memory = (shift: number) =>
      run({ sse: noisy(10_000, 1) }, ({ trials }) => {
        for (const [i, trial] of trials.entries()) trial.server.heapPerClientBytes = shift + (i - 4) * 10;
      });
    const { changes } = compareRuns(memory(0), memory(5000));
    const change = changes.find(({ metric }) => metric.id === 'memory')!;
    assert.deepEqual([change.outcome, change.ratio, change.difference!.value], ['worse', null, 5000]);
  });

  /** CPU per delivery of so many microseconds on a machine so slow, and the yardstick that goes with it. */
  const onMachine = (cpuUs: number, slowness: number, seed: number, hasYardstick = true) =>
    run({ sse: noisy(10_000, 1) }, ({ trials }) => {
      const next = normal(seed);
      for (const trial of trials) {
        const speed = slowness * Math.exp(0.05 * next());
        trial.server.cpuPerDeliveryUs = cpuUs * speed * Math.exp(0.005 * next());
        if (hasYardstick) trial.yardstick = { writeCpuUs: 4 * speed, readCpuUs: 2 * speed, wakeUpUs: 90 };
      }
    });
  const cpuOf = (a: RunResult, b: RunResult) => {
    const { changes, machine } = compareRuns(a, b);
    const { outcome, corrected, ratio } = changes.find(({ metric }) => metric.id === 'cpu')!;
    return { outcome, corrected, ratio: ratio!.value, machine };
  };

  it('on a machine that was slower in one are compared by what bare sockets cost, and what is left is found', () => {
    const same = cpuOf(onMachine(8, 1, 1), onMachine(8, 1.3, 2));
    assert.deepEqual([same.outcome, same.corrected, same.machine!.changed], ['equivalent', true, true]);
    assert.ok(Math.abs(same.machine!.ratio.value - 1.3) < 0.1);
    const worse = cpuOf(onMachine(8, 1, 1), onMachine(9.2, 1.3, 2));
    assert.equal(worse.outcome, 'worse');
    assert.ok(Math.abs(worse.ratio - 1.15) < 0.01, `${worse.ratio}`);
    assert.equal(cpuOf(onMachine(8, 1, 1), onMachine(8, 1.3, 2, false)).outcome, 'worse', 'without yardstick');
  });

  it('on a machine that was as fast in both are compared as they are', () => {
    const { corrected, machine } = cpuOf(onMachine(8, 1, 1), onMachine(8, 1, 3));
    assert.deepEqual([corrected, machine!.changed], [false, false]);
  });

  it('say of the machine what its yardsticks tell, and what follows from it', () => {
    const told = (slowness: number) => machineText(compareRuns(onMachine(8, 1, 1), onMachine(8, slowness, 2)));
    assert.match(
      told(1.3)!,
      /^The machine was slower in B: .* 1\.\d+ times the CPU .* So server CPU per delivery is judged as a multiple/,
    );
    assert.match(told(0.7)!, /^The machine was faster in B/);
    assert.match(told(1)!, /^The machine was about as fast in both/);
    assert.equal(machineText(compareRuns(onMachine(8, 1, 1, false), onMachine(8, 1, 2))), null);
  });

  it('that have their latency from others are not judged', () => {
    const all = run({ sse: noisy(10_000, 1) });
    const seen = (isRealTime: boolean, figures: Figures = { sse: noisy(10_000, 1) }) =>
      run(figures, ({ trials }) => {
        for (const trial of trials.filter(({ cell }) => cell.transport === 'sse')) {
          const { ledger, latencyUs } = trial;
          const [lag, place] = [
            { readLagP99Us: 100, utilisation: 0.1 },
            { niceness: 0, isRealTime, loadNiceness: [19] },
          ];
          trial.witnesses = { clients: 64, ledger, ...lag, ...place, loadLatencyUs: latencyUs };
        }
      });
    const sources = (a: RunResult, b: RunResult) => {
      const { comparable, differences: found } = compareRuns(a, b);
      return [comparable, ...found.map((difference) => [difference.what, difference.a, difference.b])];
    };
    assert.deepEqual(sources(all, seen(false)), [false, ['latency from', 'all clients', 'witnesses']]);
    assert.deepEqual(sources(seen(true), seen(false)), [
      false,
      ['latency from', 'witnesses that go before all else', 'witnesses'],
    ]);
    assert.deepEqual(sources(seen(true), seen(true)), [true]);
    const mixed = seen(false, { 'go:long-polling': noisy(10_000, 1), sse: noisy(10_000, 1) });
    assert.deepEqual(sources(mixed, mixed), [true]);
    assert.deepEqual(sources(mixed, seen(false))[1], [
      'latency from',
      'witnesses; of long polls all clients',
      'witnesses',
    ]);
  });
});
