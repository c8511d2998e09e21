import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { pairsOf, possibleBaselines } from '../../../bench/judge/baseline.ts';
import { fewestBlocks, reachOf } from '../../../bench/judge/fewest-blocks.ts';
import { fakePlan } from '../command/terminal/fake-run.ts';
import { cellOf, judge, sentences, trialsOf, type Figures } from './contest.ts';

const LOAD = 'At 1,000 clients, 10 ticks/s, 128 B, on one machine';

const around = (figure: number, blocks = 8) =>
  Array.from({ length: blocks }, (_, block) => figure * (1 + 0.01 * (((block * 3) % 8) / 3.5 - 1)));

const placed = (...names: string[]) => names.map((name) => cellOf(name));

const named = (pairs: readonly (readonly { transport: string; pollIntervalMs: number | null }[])[]) =>
  pairs.map((pair) =>
    pair
      .map(({ transport, pollIntervalMs }) => `${transport}${pollIntervalMs === null ? '' : ` ${pollIntervalMs}`}`)
      .join(' | '),
  );

describe('a baseline', () => {
  const cells = placed('sse', 'websocket', 'go:sse', 'go:websocket', 'rust:sse');

  it('leaves out no pair where there is none', () => {
    assert.equal(pairsOf(cells, undefined).length, 10);
  });

  it('that is an entrant is what each of the others is compared with', () => {
    assert.deepEqual(named(pairsOf(cells, 'go:sse')), [
      'sse | go:sse',
      'websocket | go:sse',
      'go:websocket | go:sse',
      'rust:sse | go:sse',
    ]);
    assert.deepEqual(named(pairsOf(cells, 'sse')).length, 4);
  });

  it('that is a server is compared with the same transport of the others', () => {
    assert.deepEqual(named(pairsOf(cells, 'builtin')), ['go:sse | sse', 'go:websocket | websocket', 'rust:sse | sse']);
    assert.deepEqual(named(pairsOf(cells, 'rust')), ['sse | rust:sse', 'go:sse | rust:sse']);
  });

  it('that polls is compared by the same interval', () => {
    const polls = placed('polling 250', 'polling 1000', 'go:polling 250', 'go:polling 1000');
    assert.deepEqual(named(pairsOf(polls, 'builtin')), [
      'go:polling 250 | polling 250',
      'go:polling 1000 | polling 1000',
    ]);
    assert.deepEqual(named(pairsOf(placed('polling 250', 'polling 1000', 'sse'), 'polling')), [
      'sse | polling 250',
      'sse | polling 1000',
    ]);
  });

  it('that is a way to a server is compared with other ways to the same', () => {
    const proxied = placed('sse', 'nginx:stock/sse', 'nginx:tuned/sse', 'go:sse', 'nginx:stock/go:sse');
    assert.deepEqual(named(pairsOf(proxied, 'none')), [
      'nginx:stock/sse | sse',
      'nginx:tuned/sse | sse',
      'nginx:stock/go:sse | go:sse',
    ]);
    assert.deepEqual(named(pairsOf(proxied, 'builtin')), ['go:sse | sse', 'nginx:stock/go:sse | nginx:stock/sse']);
    assert.deepEqual(possibleBaselines(placed('sse', 'nginx:stock/sse')), [
      'none',
      'nginx:stock',
      'sse',
      'nginx:stock/sse',
    ]);
    const { verdicts } = judge(trialsOf({ sse: around(1000), 'nginx:stock/sse': around(1500) }), 'none');
    assert.match(
      verdicts[0]!.sentence,
      /p99 against the same without a proxy: higher with nginx:stock\/sse \(1\.50 ms, \+50\.0 %\)\.$/,
    );
  });

  it('is any that leaves something to compare', () => {
    assert.deepEqual(possibleBaselines(cells), [
      'builtin',
      'go',
      'rust',
      'sse',
      'websocket',
      'go:sse',
      'go:websocket',
      'rust:sse',
    ]);
    assert.deepEqual(possibleBaselines(placed('sse', 'websocket')), ['sse', 'websocket']);
    assert.deepEqual(possibleBaselines(placed('sse')), []);
  });
});

describe('verdicts against a baseline', () => {
  const figures: Figures = {
    'old:sse': around(1000),
    'old:websocket': around(2000),
    'new:sse': around(1150),
    'new:websocket': around(2001),
  };

  it('say of each of the others how it does against it, and of nobody else', () => {
    const { comparisons, verdicts } = judge(trialsOf(figures), 'old');
    assert.equal(comparisons.length, 2 * 5);
    assert.ok(comparisons.every(({ family }) => family === 2));
    assert.ok(!verdicts.some(({ kind }) => kind === 'ranking'));
    const latency = verdicts.find((verdict) => verdict.kind === 'against' && verdict.question === 'latency')!;
    assert.equal(
      latency.sentence,
      `${LOAD}: p99 against the same transport of old: equivalent within 2 % with new:websocket (2.00 ms, +0.0500 %); higher with new:sse (1.15 ms, +15.0 %).`,
    );
    assert.equal(latency.kind === 'against' && latency.outcome, 'ranked');
    assert.match(
      sentences(trialsOf(figures), 'pair', 'latency', 'old')[0]!,
      /old:sse's p99 was 150 us lower than new:sse's \(95 % interval .*, corrected for 2 comparisons, 8 blocks\)/,
    );
  });

  it('name the one entrant that all are held against, with its figure', () => {
    const [latency] = sentences(trialsOf({ ...figures, 'slow:sse': around(5000) }), 'against', 'latency', 'old:sse');
    assert.match(
      latency!,
      /: p99 against old:sse \(1\.00 ms\): higher with old:websocket \(2\.00 ms, 2\.00 times\), new:sse .* and slow:sse \(5\.00 ms, 5\.00 times\)\.$/,
    );
  });

  it('say what is open, and what could not be judged', () => {
    const wide = [700, 1300, 800, 1400, 900, 1100, 1000, 1250];
    const broken = Array.from({ length: 8 }, (_, block) => (block < 4 ? null : 10));
    const [latency] = sentences(
      trialsOf({ 'old:sse': around(1000), 'new:sse': wide, 'odd:sse': broken }),
      'against',
      'latency',
      'old',
    );
    assert.match(
      latency!,
      /cannot tell new:sse \(1\.05 ms, [+-]\S+ %\); (about \d+|more than 100) more blocks would .*; no verdict on odd:sse\.$/,
    );
    const { verdicts } = judge(trialsOf({ 'old:sse': around(1000, 3), 'new:sse': around(1000, 3) }), 'old');
    assert.equal(verdicts[0]!.sentence, `${LOAD}: no verdict on p99: 3 blocks were run, and a verdict needs 6.`);
  });
});

describe('the fewest blocks', () => {
  /** So many entrants, each twice the one before it in every block. */
  const sweep = (entrants: number, blocks: number) =>
    trialsOf(
      Object.fromEntries(Array.from({ length: entrants }, (_, at) => [`t${at}`, around(1000 * 2 ** at, blocks)])),
    );
  const told = (entrants: number, blocks: number, baseline?: string) =>
    judge(sweep(entrants, blocks), baseline)
      .verdicts.filter((verdict) => verdict.kind === 'pair')
      .filter(({ question, outcome }) => question === 'latency' && (outcome === 'better' || outcome === 'worse'))
      .length;

  for (const entrants of [2, 3, 4, 5, 7, 9]) {
    it(`for every two of ${entrants} entrants tell all that differ in each block, and one fewer tells none`, () => {
      const pairs = (entrants * (entrants - 1)) / 2;
      assert.equal(told(entrants, fewestBlocks(pairs)), pairs);
      assert.equal(told(entrants, fewestBlocks(pairs) - 1), 0);
    });
    it(`for ${entrants} entrants with a baseline likewise`, () => {
      const blocks = fewestBlocks(entrants - 1);
      assert.equal(told(entrants, blocks, 't0'), entrants - 1);
      assert.equal(told(entrants, blocks - 1, 't0'), 0);
    });
  }

  it('are those of a plan, and fewer with a baseline', () => {
    const names = ['builtin', 'go', 'rust', 'java', 'bun', 'deno', 'python', 'node'];
    const cells = names.flatMap((name) =>
      ['sse', 'websocket', 'stream'].map((transport) =>
        cellOf(name === 'builtin' ? transport : `${name}:${transport}`),
      ),
    );
    const { settings } = fakePlan(cells, 8);
    assert.deepEqual(reachOf({ cells, settings }), {
      entrants: 24,
      pairs: 276,
      blocks: 14,
      easier: { baseline: 'builtin', blocks: 10 },
    });
    assert.deepEqual(reachOf({ cells, settings: { ...settings, baseline: 'builtin' } }), {
      entrants: 24,
      pairs: 21,
      blocks: 10,
      easier: null,
    });
    assert.deepEqual(reachOf({ cells: cells.slice(0, 1), settings }).blocks, null);
  });
});
