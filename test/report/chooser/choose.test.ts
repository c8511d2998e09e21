import assert from 'node:assert/strict';
import { test } from 'node:test';
import { choose, requestCostUs, type Needs } from '../../../report/chooser/choose.ts';
import { answerText, measureCommand } from '../../../report/chooser/words.ts';
import type { PageData } from '../../../report/page-data.ts';
import { pageOf, type LoadOf } from './page.ts';

const NEEDS: Needs = {
  clients: 1000,
  rateHz: 10,
  payloadBytes: 128,
  budgetMs: 1000,
  upstream: 'none',
  requestsOnly: false,
};

const FOUR: LoadOf['rows'] = {
  websocket: { cores: 0.1, memory: 4000, cpu: 10 },
  sse: { cores: 0.11, memory: 7000, cpu: 11 },
  'long-polling': { cores: 0.47, memory: 5000, cpu: 47 },
  polling: { cores: 0.2, memory: 4500, pollIntervalMs: 1000, cpu: 20 },
};

function picked(data: PageData, needs: Partial<Needs> = {}) {
  const all = { ...NEEDS, ...needs };
  const choice = choose(data, all);
  const text = answerText(choice, data, all).sentences.join(' ');
  return choice.kind === 'choice'
    ? { pick: choice.pick.row.label, ground: choice.ground, alike: choice.alike.map(({ row }) => row.label), text }
    : { pick: choice.kind, ground: null, alike: [], text };
}

test('where no verdict tells them apart the simplest wins: SSE one way, WebSocket both ways', () => {
  const data = pageOf({ rows: FOUR, verdict: 'better', verdicts: { 'cpu websocket sse': 'cannot-tell' } });
  const oneWay = picked(data);
  assert.deepEqual([oneWay.pick, oneWay.ground, oneWay.alike], ['sse', 'simplest', ['websocket']]);
  assert.match(oneWay.text, /The usual rule, SSE where only the server speaks, says the same/);
  const bothWays = picked(data, { upstream: 'often' });
  assert.deepEqual([bothWays.pick, bothWays.ground], ['websocket', 'cpu']);
  assert.match(bothWays.text, /counted at 37 µs/);
});

test('evidence contradicts the rule: a verdict on CPU makes WebSocket the one-way choice, and says by how much', () => {
  const rows = { ...FOUR, sse: { cores: 0.3, memory: 7000 } };
  const data = pageOf({ rows, verdict: 'better' });
  const { pick, ground, text } = picked(data);
  assert.deepEqual([pick, ground], ['websocket', 'cpu']);
  assert.match(
    text,
    /The usual rule says SSE where only the server speaks; this run speaks against it: sse takes 3\.00 times the CPU/,
  );
});

test('evidence contradicts the rule: rare messages upstream do not outweigh a cheaper SSE', () => {
  const rows = { ...FOUR, websocket: { cores: 0.3, cpu: 30 }, sse: { cores: 0.1, cpu: 10 } };
  const data = pageOf({ rows, verdict: 'worse' });
  assert.equal(picked(data, { upstream: 'rarely' }).pick, 'sse');
  assert.match(picked(data, { upstream: 'rarely' }).text, /this run speaks against it: websocket takes/);
});

test('evidence contradicts the rule: polling wins where the budget is loose and it is the cheapest', () => {
  const rows = { sse: { cores: 0.2 }, polling: { cores: 0.05, pollIntervalMs: 5000 } };
  const data = pageOf({ rows, verdict: 'worse' });
  assert.equal(picked(data, { budgetMs: 10_000 }).pick, 'polling');
  const tight = picked(data, { budgetMs: 1000 });
  assert.deepEqual([tight.pick, tight.ground], ['sse', 'only']);
});

test('memory decides where CPU does not, once all clients together make it matter', () => {
  const verdicts = { 'cpu websocket sse': 'equivalent' } as const;
  const few = pageOf({ rows: FOUR, verdict: 'better', verdicts });
  assert.equal(picked(few).ground, 'simplest', '3 MB are nothing');
  const many = pageOf({ clients: 100_000, rows: FOUR, verdict: 'better', verdicts });
  const { pick, ground } = picked(many, { clients: 100_000 });
  assert.deepEqual([pick, ground], ['websocket', 'memory']);
});

test('where only requests get through, streams are out, whatever they cost', () => {
  const data = pageOf({ rows: FOUR, verdict: 'better' });
  const strict = picked(data, { requestsOnly: true });
  assert.deepEqual([strict.pick, strict.ground], ['long-polling', 'only'], 'polling is over the budget');
  assert.equal(picked(data, { requestsOnly: true, budgetMs: 5000 }).pick, 'polling', 'it is cheaper');
});

test('one that loses ticks or needs more cores than there are is out', () => {
  const data = pageOf({ rows: { ...FOUR, sse: { coverage: 0.98 }, websocket: { cores: 0.5 } }, verdict: 'better' });
  const needs = { ...NEEDS, clients: 5000 };
  const choice = choose(data, needs);
  assert.ok(choice.kind === 'choice' || choice.kind === 'none');
  const against = Object.fromEntries(
    choice.options.map(({ row, objections }) => [row.label, objections.map(({ kind }) => kind)]),
  );
  assert.deepEqual(against, {
    sse: ['loses'],
    websocket: ['too-much-cpu'],
    'long-polling': ['too-much-cpu'],
    polling: ['stale', 'too-much-cpu'],
  });
});

test('a budget below the time between ticks is met by none, and the answer says that only the feed can', () => {
  const data = pageOf({ rows: FOUR, verdict: 'better' });
  assert.match(picked(data, { budgetMs: 50 }).text, /only a faster feed meets a budget of 50 ms/);
});

test('it withholds its answer far from every measured load, and without valid figures', () => {
  const data = pageOf({ rows: FOUR, verdict: 'better' });
  const far = picked(data, { clients: 11_000 });
  assert.equal(far.pick, 'too-far');
  assert.match(far.text, /11\.0 times away; beyond 10 times an answer would be a guess/);
  assert.equal(picked(pageOf({ rows: { sse: { usable: false } } })).pick, 'no-evidence');
  assert.equal(picked(pageOf()).pick, 'no-evidence');
});

test('an invalid cell is never an answer', () => {
  const data = pageOf({ rows: { ...FOUR, websocket: { usable: false }, sse: { usable: false } }, verdict: 'better' });
  assert.equal(picked(data).pick, 'long-polling');
});

test('without verdicts the order is that of medians, and is called so', () => {
  const data = pageOf({ rows: FOUR, verdict: 'withheld' });
  const { pick, text } = picked(data);
  assert.equal(pick, 'websocket');
  assert.match(text, /no verdict on some of these: the order is that of medians/);
});

test('a request costs what long polling takes beyond a stream, and nothing is made up without one', () => {
  assert.equal(requestCostUs(pageOf({ rows: FOUR }), NEEDS), 37);
  const without = pageOf({ rows: { websocket: {}, sse: {} }, verdict: 'worse' });
  assert.equal(requestCostUs(without, NEEDS), null);
  const { pick, ground } = picked(without, { upstream: 'often' });
  assert.deepEqual([pick, ground], ['websocket', 'both-ways']);
});

test('the command measures what was asked, as the run was made', () => {
  const data = pageOf({ rows: FOUR });
  assert.equal(
    measureCommand({ ...data, serverWorkers: 2 }, { ...NEEDS, clients: 5000, rateHz: 0.5 }),
    'npm run bench -- --clients 5000 --rate 0.5 --payload 128 --poll-interval 1000ms --server-workers 2',
  );
});
