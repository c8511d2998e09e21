import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { PairVerdict, Validity } from '../../../bench/result/schema.ts';
import { rank } from '../../../bench/judge/ranking.ts';
import { withoutLoad } from '../../../bench/judge/verdict-words.ts';
import { cellOf, judge, sentences, trialsOf, type Figures, type Setting } from './contest.ts';

const BUSY: Validity = {
  status: 'invalid',
  reasons: [{ code: 'AGENT_SATURATED', severity: 'invalid', message: 'busy', value: 1, limit: 0.9 }],
};

const LOAD = 'At 1,000 clients, 10 ticks/s, 128 B, on one machine';

/** Eight blocks around a figure, in per cent of it. */
const around = (figure: number, spread = 1, blocks = 8) =>
  Array.from({ length: blocks }, (_, block) => figure * (1 + (spread / 100) * (((block * 3) % 8) / 3.5 - 1)));

const other = (figure: number, spread = 1, blocks = 8) =>
  Array.from({ length: blocks }, (_, block) => figure * (1 + (spread / 100) * (((block * 5 + 2) % 8) / 3.5 - 1)));

const pair = (figures: Figures, setting?: Setting, question?: string) =>
  sentences(trialsOf(figures, setting), 'pair', question);

const ranking = (figures: Figures, setting?: Setting, question?: string) =>
  sentences(trialsOf(figures, setting), 'ranking', question);

describe('the verdict on two transports', () => {
  it('names the better one, the amount, how sure, and at which load', () => {
    const figures = { sse: around(8000), 'long-polling': other(12_100) };
    assert.deepEqual(pair(figures, { cell: { clients: 2000 } }), [
      "At 2,000 clients, 10 ticks/s, 128 B, on one machine: SSE's p99 was 4.09 ms lower than long polling's (95 % interval 4.03 to 4.17, 8 blocks).",
    ]);
    assert.equal(judge(trialsOf(figures)).verdicts.find(({ kind }) => kind === 'pair')!.kind, 'pair');
  });

  it('is worse for the first where the second is better, in the same words', () => {
    const { verdicts } = judge(trialsOf({ 'long-polling': other(12_100), sse: around(8000) }));
    const first = verdicts.find((verdict) => verdict.kind === 'pair' && verdict.question === 'latency')!;
    assert.equal(first.kind === 'pair' && first.outcome, 'worse');
    assert.equal(
      first.sentence,
      `${LOAD}: SSE's p99 was 4.09 ms lower than long polling's (95 % interval 4.03 to 4.17, 8 blocks).`,
    );
  });

  it('stands beside its own comparison', () => {
    const { comparisons, verdicts } = judge([
      ...trialsOf({ websocket: [1], sse: [1], polling: [1] }),
      ...trialsOf({ websocket: [1], sse: [1] }, { cell: { clients: 5 } }),
    ]);
    const pairs = verdicts.filter((verdict) => verdict.kind === 'pair');
    assert.deepEqual(
      pairs.map(({ comparison }) => comparison),
      comparisons.map((_, index) => index),
    );
    for (const { comparison, question, load, a, b } of pairs) {
      const { question: asked, load: at, a: first, b: second } = comparisons[comparison]!;
      assert.deepEqual([question, load, a, b], [asked, at, first, second]);
    }
  });

  it('is corrected for all comparisons of its question and load', () => {
    const [first] = pair({
      websocket: around(5000),
      sse: other(8000),
      'long-polling': around(12_100),
      polling: other(9e5),
    });
    assert.equal(
      first,
      `${LOAD}: WebSocket's p99 was 3.00 ms lower than SSE's (95 % interval 2.94 to 3.09, corrected for 6 comparisons, 8 blocks).`,
    );
  });

  it('is in per cent where the amounts differ so much that their interval holds zero', () => {
    // seven blocks of small figures say one thing clearly, one block of large figures the other thing hardly
    const sse = [10, 11, 12, 13, 14, 15, 16, 1e6];
    const figures = { sse, websocket: sse.map((value) => value * (value === 1e6 ? 0.97 : 1.5)) };
    assert.deepEqual(pair(figures, { set: (trial, value) => (trial.server.cpuPerDeliveryUs = value) }, 'cpu'), [
      `${LOAD}: SSE's server CPU per delivery was 33.3 % lower than WebSocket's (95 % interval 17.1 to 33.3, 8 blocks).`,
    ]);
  });

  it('is equivalence where the whole interval lies within 2 %', () => {
    assert.deepEqual(pair({ websocket: around(10_000, 0.4), sse: other(10_020, 0.4) }), [
      `${LOAD}: WebSocket and SSE are equivalent in p99 within 2 %; not ranked (95 % interval of the difference -42.9 to +2.94 us, 8 blocks).`,
    ]);
  });

  it('is equivalence within the error of the clock, where that is wider', () => {
    assert.match(
      pair({ websocket: around(20, 1), sse: other(20.4, 1) })[0]!,
      /equivalent in p99 within 5 %; not ranked \(95 % interval of the difference -0.517 to -0.282 us, 8 blocks\)\.$/,
    );
  });

  it('is open where the interval spans the threshold, and says how many blocks would settle it', () => {
    assert.deepEqual(pair({ websocket: around(10_000, 5), sse: other(10_400, 5) }), [
      `${LOAD}: cannot tell WebSocket's p99 from SSE's: the 95 % interval of the difference, -700 to -94.3 us, spans the threshold of 2 % (8 blocks). About 11 more blocks would settle it.`,
    ]);
    assert.match(
      pair({ websocket: around(10_000, 5), sse: other(10_200, 5) })[0]!,
      /More than 100 more blocks would be needed to settle it\.$/,
    );
  });

  it('is open where the blocks give no interval at the level that all comparisons need', () => {
    const figures = {
      websocket: around(1e3, 1, 7),
      sse: around(2e3, 1, 7),
      'long-polling': around(4e3, 1, 7),
      polling: around(8e3, 1, 7),
    };
    assert.equal(
      pair(figures)[0],
      `${LOAD}: cannot tell WebSocket's p99 from SSE's: 7 blocks give no interval at the level that 6 comparisons need. About 1 more block would settle it.`,
    );
  });

  it('is withheld below six blocks, with the gates that were broken', () => {
    assert.deepEqual(pair({ websocket: around(10, 1, 5), sse: around(20, 1, 5) }), [
      `${LOAD}: no verdict on the p99 of WebSocket and SSE: 5 blocks were run, and a verdict needs 6.`,
    ]);
    assert.deepEqual(pair({ websocket: [10], sse: [20] }), [
      `${LOAD}: no verdict on the p99 of WebSocket and SSE: 1 block was run, and a verdict needs 6.`,
    ]);
    const broken = { websocket: [null, 1, 1, 1, 1, 1, 1, 1], sse: [1, null, null, 2, 2, 2, 2, 2] };
    assert.deepEqual(pair(broken), [
      `${LOAD}: no verdict on the p99 of WebSocket and SSE: TICKS_MISSED in 3 trials; 5 of 8 blocks count for both, and a verdict needs 6.`,
    ]);
    assert.deepEqual(pair(broken, { validity: BUSY }), [
      `${LOAD}: no verdict on the p99 of WebSocket and SSE: the load generator, not the server, was the limit (AGENT_SATURATED in 3 trials); 5 of 8 blocks count for both, and a verdict needs 6.`,
    ]);
  });

  it('is withheld where the figure is missing', () => {
    const set: Setting['set'] = (trial, value) => (trial.server.cpuPerDeliveryUs = value < 0 ? null : value);
    assert.deepEqual(pair({ websocket: [-1, -1, -1, 1, 1, 1, 1, 1], sse: around(2) }, { set }, 'cpu'), [
      `${LOAD}: no verdict on the server CPU per delivery of WebSocket and SSE: only 5 of 8 blocks have the figure for both, and a verdict needs 6.`,
    ]);
  });

  it('compares memory by difference where a figure is not above zero, and says so', () => {
    const set: Setting['set'] = (trial, value) => (trial.server.heapPerClientBytes = value);
    const figures = { websocket: [-200, 0, 100, -50, 150, 20, -80, 60], sse: around(5000) };
    assert.deepEqual(pair(figures, { set }, 'memory'), [
      `${LOAD}: WebSocket's memory per client was 4.88 KiB lower than SSE's (95 % interval 4.81 to 4.96, 8 blocks; compared by difference, since a figure is zero or negative).`,
    ]);
    const comparison = judge(trialsOf(figures, { set })).comparisons.find(({ question }) => question === 'memory');
    assert.deepEqual([comparison!.scale, comparison!.ratio], ['difference', null]);
  });
});

describe('the ranking of a question', () => {
  it('goes from the lowest to the highest', () => {
    assert.deepEqual(
      ranking({ polling: around(9e5), 'long-polling': around(12_000), sse: around(8000), websocket: around(5000) }),
      [
        `${LOAD}: p99 is lowest with WebSocket (5.00 ms), then SSE (8.00 ms), then long polling (12.0 ms), then polling (900 ms).`,
      ],
    );
  });

  it('names equivalent ones together', () => {
    assert.deepEqual(ranking({ sse: around(10_000, 0.2), websocket: other(10_010, 0.2), polling: around(9e5) }), [
      `${LOAD}: p99 is lowest with SSE and WebSocket, equivalent within 2 % (10.0 ms and 10.0 ms), then polling (900 ms).`,
    ]);
    assert.deepEqual(ranking({ sse: around(10_000, 0.2), websocket: other(10_010, 0.2) }), [
      `${LOAD}: p99 is equivalent within 2 % with SSE and WebSocket (10.0 ms and 10.0 ms).`,
    ]);
  });

  it('says what is not told apart, and never "then" of it', () => {
    assert.deepEqual(ranking({ sse: around(10_500, 5), websocket: other(10_100, 5), polling: around(9e5) }), [
      `${LOAD}: p99 is lowest with WebSocket or SSE, not told apart (10.1 ms and 10.5 ms; about 12 more blocks would settle it), then polling (900 ms).`,
    ]);
    assert.deepEqual(ranking({ sse: around(10_500, 5), websocket: other(10_100, 5) }), [
      `${LOAD}: cannot tell which has the lowest p99: WebSocket or SSE (10.1 ms and 10.5 ms; about 12 more blocks would settle it).`,
    ]);
    // long polling is between two that differ, and told apart from neither
    const [chain] = ranking({
      sse: around(10_000, 2),
      'long-polling': other(10_450, 7),
      websocket: around(10_900, 2),
      polling: around(9e5),
    });
    assert.match(
      chain!,
      /lowest with SSE, long polling or WebSocket, not all told apart \(.*\), then polling \(900 ms\)\.$/,
    );
  });

  it('puts together whoever is not better than everyone behind', () => {
    const [a, b, c] = ['a', 'b', 'c'].map((label) => ({ transport: label, pollIntervalMs: null, label }));
    const { load } = judge(trialsOf({ sse: [1], websocket: [1] })).comparisons[0]!;
    const verdict = (first: typeof a, second: typeof a, outcome: PairVerdict['outcome']): PairVerdict => ({
      kind: 'pair',
      question: 'latency',
      load,
      a: first!,
      b: second!,
      outcome,
      comparison: 0,
      causes: [],
      sentence: '',
    });
    const pairs = [verdict(a, b, 'better'), verdict(a, c, 'cannot-tell'), verdict(b, c, 'better')];
    assert.deepEqual(rank([c!, b!, a!], [3, 2, 1], pairs).tiers, [
      { competitors: [a, b, c], relation: 'not-told-apart' },
    ]);
    pairs[1] = verdict(a, c, 'better');
    assert.deepEqual(
      rank([c!, b!, a!], [3, 2, 1], pairs).tiers.map(({ competitors }) => competitors.map(({ label }) => label)),
      [['a'], ['b'], ['c']],
    );
  });

  it('leaves out whom no verdict was possible on, and names them', () => {
    const figures = { websocket: around(5000), sse: around(8000), polling: Array.from({ length: 8 }, () => null) };
    assert.deepEqual(ranking(figures), [
      `${LOAD}: p99 is lowest with WebSocket (5.00 ms), then SSE (8.00 ms); no verdict on polling.`,
    ]);
  });

  it('is withheld with the reason that all pairs share', () => {
    assert.deepEqual(ranking({ websocket: around(5000, 1, 2), sse: around(8000, 1, 2), polling: around(9e5, 1, 2) }), [
      `${LOAD}: no verdict on p99: 2 blocks were run, and a verdict needs 6.`,
    ]);
    assert.deepEqual(ranking({ websocket: [null, null, null, 1], sse: [null, null, 2, 2], polling: [9, 9, 9, 9] }), [
      `${LOAD}: no verdict on p99: fewer than 6 blocks count for any two (TICKS_MISSED).`,
    ]);
  });

  it('tells several poll intervals apart by name', () => {
    const figures = {
      sse: around(8000, 1, 10),
      'polling 250': around(247_000, 1, 10),
      'polling 1000': around(990_000, 1, 10),
    };
    assert.deepEqual(ranking(figures), [
      `${LOAD}: p99 is lowest with SSE (7.99 ms), then polling @ 250ms (247 ms), then polling @ 1s (989 ms).`,
    ]);
    assert.equal(
      pair(figures)[2],
      `${LOAD}: the p99 of polling @ 250ms was 742 ms lower than that of polling @ 1s (95 % interval 737 to 747, corrected for 3 comparisons, 10 blocks).`,
    );
  });

  it('is made for each question and load of its own, and not where there is nothing to compare', () => {
    const small = trialsOf(
      { websocket: around(5000), sse: around(8000) },
      { cell: { clients: 1, rateHz: 1, payloadBytes: 4096 } },
    );
    const large = trialsOf({ websocket: around(8000), sse: around(5000) }, { cell: { rateHz: 0.5 } });
    assert.deepEqual(
      sentences([...small, ...large], 'ranking').map((sentence) => sentence.slice(0, 80)),
      [
        'At 1 client, 1 tick/s, 4.00 KiB, on one machine: p99 is lowest with WebSocket (5.00 ms)',
        'At 1,000 clients, 0.5 ticks/s, 128 B, on one machine: p99 is lowest with SSE (5.00 ms), th',
      ].map((sentence) => sentence.slice(0, 80)),
    );
    assert.equal(judge(large).verdicts.filter(({ kind }) => kind === 'ranking').length, 5);
    assert.deepEqual(judge(trialsOf({ sse: around(5000) })), { comparisons: [], verdicts: [] });
  });
});

describe('what holds by design', () => {
  it('is said once for each poll interval', () => {
    const trials = trialsOf({ 'polling 250': [1], 'polling 1000': [1], 'polling 1500': [1], sse: [1] });
    assert.deepEqual(
      sentences([...trials, ...trialsOf({ 'polling 1000': [1] }, { cell: { clients: 5 } })], 'by-design', 'staleness'),
      [
        'Polling every 250 ms is 125 ms stale on average whatever the server does.',
        'Polling every 1 s is 500 ms stale on average whatever the server does.',
        'Polling every 1500 ms is 750 ms stale on average whatever the server does.',
      ],
    );
    assert.equal(cellOf('polling 250').pollIntervalMs, 250);
  });
});

it('a sentence stands without its load where that is told above it, in the words of older results, too', () => {
  for (const place of ['on one machine', 'loopback'])
    assert.equal(
      withoutLoad(`At 1,000 clients, 10 ticks/s, 128 B, ${place}: p99 is lowest: 5 ms`),
      'p99 is lowest: 5 ms',
    );
});
