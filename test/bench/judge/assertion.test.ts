import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  evaluateAssertions,
  parseAssertion,
  resolveAssertions,
  type Assertion,
} from '../../../bench/judge/assertion.ts';
import { summariseCells } from '../../../bench/judge/summary.ts';
import { fakeCell, fakeTrial, FOUR, invalidBecause } from '../command/terminal/fake-run.ts';
import { sameCell } from '../../../bench/result/cell.ts';

function parsed(text: string): Assertion {
  const result = parseAssertion(text);
  if ('problem' in result) assert.fail(`${text} ${result.problem}`);
  return result.value;
}

describe('an assertion', () => {
  it('is a transport, a metric, an operator and a limit in the metric’s own unit', () => {
    for (const [text, metric, operator, limit] of [
      ['sse.p99<50ms', 'p99', '<', 50_000],
      ['sse.p99 <= 0.5 s', 'p99', '<=', 500_000],
      ['sse.cpu>7us', 'cpu', '>', 7],
      ['long-polling.memory<=12KiB', 'memory', '<=', 12_288],
      ['sse.bytes>=150bytes', 'bytes', '>=', 150],
      ['sse.bytes>=150B', 'bytes', '>=', 150],
      ['sse.coverage==100%', 'coverage', '==', 1],
      ['sse.missed==0', 'missed', '==', 0],
      ['sse.cpuCores<0.5', 'cpuCores', '<', 0.5],
    ] as const) {
      const found = parsed(text);
      assert.deepEqual([found.metric.id, found.operator, found.limit], [metric, operator, limit], text);
    }
    assert.equal(parsed('go-1.26:sse.p99<1s').transport, 'go-1.26:sse');
    assert.deepEqual([parsed('long-polling.p99<1s').transport, parsed('sse.p99<1s').selector], ['long-polling', {}]);
  });

  it('may name its cell', () => {
    assert.deepEqual(parsed('sse@clients=1000,rate=10.p99<50ms').selector, { clients: 1000, rateHz: 10 });
    assert.deepEqual(parsed('sse@rate=0.5.p99<0.5ms').selector, { rateHz: 0.5 });
    assert.deepEqual(parsed('polling@poll-interval=250ms,payload=4k,clients=1k.p99<1s').selector, {
      pollIntervalMs: 250,
      payloadBytes: 4096,
      clients: 1000,
    });
  });

  it('is refused with what is wrong about it', () => {
    for (const [text, problem] of [
      ['', /is not a claim/],
      ['sse.p99', /is not a claim/],
      ['sse.p99=50ms', /is not a claim/],
      ['sse.p99<-1ms', /is not a claim/],
      ['p99<50ms', /is not a claim/],
      ['sse.p98<50ms', /knows no metric p98; there are p50, p90, p99/],
      ['sse.p99<50', /has no unit; p99 takes one of us, ms, s/],
      ['sse.p99<50KiB', /has the unit KiB; p99 takes one of us, ms, s/],
      ['sse.p99<50constructor', /has the unit constructor/],
      ['sse.missed<5ms', /has the unit ms; missed takes no unit/],
      ['sse.coverage>0.99', /has no unit; coverage takes one of %/],
      [
        'sse@color=red.p99<1s',
        /cannot select a cell by color=red; allowed: clients=, rate=, payload=, network=, poll-interval=/,
      ],
      ['sse@constructor=1.p99<1s', /cannot select a cell by constructor=1/],
      ['sse@clients=many.p99<1s', /clients=many is not a whole number/],
      ['polling@poll-interval=1.p99<1s', /poll-interval=1 has no unit/],
    ] as const) {
      const result = parseAssertion(text);
      assert.ok('problem' in result, text);
      assert.match(result.problem, problem, text);
    }
  });
});

describe('the cell of an assertion', () => {
  const swept = [10, 20].flatMap((clients) => [1, 0.5].map((rateHz) => fakeCell({ clients, rateHz })));
  const cells = [...swept, fakeCell({ transport: 'polling', pollIntervalMs: 250 }), fakeCell({ transport: 'polling' })];
  const resolve = (text: string) => resolveAssertions([parsed(text)], cells);

  it('is the only one that fits', () => {
    assert.equal(resolve('sse@clients=20,rate=0.5.p99<1s').resolved[0]!.cell, cells[3]);
    assert.equal(resolve('polling@poll-interval=250ms.p99<1s').resolved[0]!.cell, cells[4]);
    assert.equal(resolveAssertions([parsed('sse.p99<1s')], FOUR).resolved[0]!.cell, FOUR[2]);
  });

  it('is asked for, with the choices, where several fit or none', () => {
    assert.deepEqual(resolve('sse@clients=20.p99<1s').mistakes, [
      "--assert 'sse@clients=20.p99<1s': 2 cells fit; name one: sse@clients=20,rate=1.p99, sse@clients=20,rate=0.5.p99",
    ]);
    assert.deepEqual(resolve('polling@poll-interval=2s.p99<1s').mistakes, [
      "--assert 'polling@poll-interval=2s.p99<1s': no such cell; there are polling@poll-interval=250ms.p99, polling@poll-interval=1s.p99",
    ]);
    assert.deepEqual(resolve('websocket.p99<1s').mistakes, [
      "--assert 'websocket.p99<1s': websocket is not measured; there are sse, polling",
    ]);
  });
});

describe('what becomes of an assertion', () => {
  const [polling, , sse] = FOUR;
  const evaluate = (text: string, trials: ReturnType<typeof fakeTrial>[]) => {
    const summaries = summariseCells(FOUR, trials);
    const { resolved } = resolveAssertions([parsed(text)], FOUR);
    return evaluateAssertions(resolved, (cell) => summaries.find((each) => sameCell(each.cell, cell)))[0]!;
  };

  it('is decided by the median, and shows it with its interval', () => {
    const trials = Array.from({ length: 7 }, (_, block) => fakeTrial(sse!, block, { scale: 1 + block / 10 }));
    const passed = evaluate('sse.p99<7ms', trials);
    assert.deepEqual(
      [passed.passed, passed.sentence],
      [true, 'passed: sse.p99<7ms: 6.50 ms (95 % interval 5.00 ms to 8.00 ms, 7 trials)'],
    );
    assert.deepEqual(
      ['<', '<=', '>', '>=', '=='].map((operator) => evaluate(`sse.p99${operator}6500us`, trials).passed),
      [false, true, false, true, true],
    );
    assert.equal(
      evaluate('sse.coverage>=99%', trials).sentence,
      'passed: sse.coverage>=99%: 100 % (95 % interval 100 % to 100 %, 7 trials)',
    );
  });

  it('is failure without a figure, and where no trial is valid', () => {
    const invalid = fakeTrial(sse!, 0, { validity: invalidBecause('x', 'm') });
    assert.equal(evaluate('sse.p99<7ms', []).sentence, 'FAILED: sse.p99<7ms: not measured');
    assert.equal(
      evaluate('sse.p99<7ms', [invalid]).sentence,
      'FAILED: sse.p99<7ms: 5.00 ms (1 trial); no trial of the cell is valid',
    );
    assert.equal(evaluate('sse.p99<7ms', [invalid, fakeTrial(sse!, 1), fakeTrial(polling!, 0)]).passed, true);
  });
});
