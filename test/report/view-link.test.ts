import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { pageData } from '../../report/figures/page-data.ts';
import { initialState, linkTo, readLink, type ViewState } from '../../report/view-link.ts';
import { fixtureResult } from '../helpers/result-fixture.ts';

const data = pageData(
  fixtureResult({ clients: [200, 2000], rates: [1, 10], pollIntervals: [250, 1000], blocks: 1, seed: 3 }),
);

const restored = (link: string): ViewState => ({ ...initialState(data), ...readLink(link, data) });

test('the page as it opens needs no link', () => {
  assert.equal(linkTo(initialState(data), data), '');
});

test('the link of the specification selects what it names', () => {
  const { section, hidden, load, scale } = restored('#latency&t=sse,websocket&clients=200&rate=1&scale=linear');
  assert.deepEqual(
    [section, [...hidden], load, scale],
    ['latency', ['long-polling', 'polling'], '200/1/128/lean/prepared', 'linear'],
  );
});

const amount = fc.double({ min: 1e-6, max: 1e12, noNaN: true });
const count = fc.integer({ min: 1, max: 1e12 });

const BAD_NEEDS = [
  '',
  '5000,10,128,1000',
  '5000,10,128,1000,none',
  '5000,10,128,1000,none,streams,',
  '5000,10,128,none,streams',
  '5000,10,128,1000,toString,streams',
  '5000,10,128,1000,none,pigeons',
  '5000.5,10,128,1000,none,streams',
  '5000,-10,128,1000,none,streams',
  '5000,10,128,1e99,none,streams',
  '4000',
  '4000,10,128,1000,always,streams',
  '4000,10,128,1e400,often,streams',
  '%00,__proto__',
];

test('every view comes back from its link', () => {
  const ids = data.transports.map(({ id }) => id);
  const views = fc.record(
    {
      section: fc.constantFrom('', 'latency', 'charts', 'a&b=c %'),
      hidden: fc.subarray(ids).map((some) => new Set(some)),
      scale: fc.constantFrom('log', 'linear'),
      load: fc.constantFrom(...data.loads.map(({ key }) => key)),
      across: fc.constantFrom(...data.swept),
      needs: fc.option(
        fc.record(
          {
            clients: count,
            rateHz: amount,
            payloadBytes: count,
            budgetMs: amount,
            upstream: fc.constantFrom('none', 'rarely', 'often'),
            requestsOnly: fc.boolean(),
          },
          { noNullPrototype: true },
        ),
      ),
      plan: fc.option(
        fc.record(
          { clients: count, rateHz: amount, payloadBytes: count, pollIntervalMs: amount, maxClients: fc.option(count) },
          { noNullPrototype: true },
        ),
      ),
    },
    { noNullPrototype: true },
  );
  fc.assert(fc.property(views, (view) => assert.deepEqual(restored(linkTo(view, data)), view)));
});

test('part of a load is enough, and a load that the run lacks is none', () => {
  assert.match(restored('#x&clients=200').load, /^200\//);
  assert.equal(restored('#x&clients=777').load, data.focus);
  assert.equal(restored('#x&clients=200&rate=777').load, data.focus);
});

test('no transport at all is a view, no known one is not', () => {
  assert.equal(restored('#x&t=').hidden.size, 4);
  assert.equal(restored('#x&t=carrier-pigeon').hidden.size, 0);
  assert.deepEqual([...restored('#x&t=carrier-pigeon,sse').hidden].length, 3);
});

test('whatever stands in a fragment, the view is one of those that the page has', () => {
  const nasty = fc.oneof(
    fc.string(),
    fc.constantFrom(
      '#',
      '#%',
      '#<img src=x onerror=hacked=1>',
      '#&&&===',
      '#__proto__&t=__proto__&against=constructor&scale=toString',
      '#x&t=%E0%A4%A',
    ),
  );
  fc.assert(
    fc.property(nasty, (fragment) => {
      const { hidden, load, scale, across } = restored(fragment);
      const ids = new Set(data.transports.map(({ id }) => id));
      assert.ok([...hidden].every((id) => ids.has(id)));
      assert.ok(data.loads.some(({ key }) => key === load));
      assert.ok(scale === 'log' || scale === 'linear');
      assert.ok(across !== null && data.swept.includes(across));
    }),
  );
});

test('a link asks the chooser what it names, and nothing where something else is in it', () => {
  assert.deepEqual(restored('#chooser&need=5000,0.5,256,2000,rarely,requests').needs, {
    clients: 5000,
    rateHz: 0.5,
    payloadBytes: 256,
    budgetMs: 2000,
    upstream: 'rarely',
    requestsOnly: true,
  });
  for (const need of BAD_NEEDS) assert.equal(restored(`#chooser&need=${need}`).needs, null, need);
});

test('a link plans what it names, with the most clients of a server or without, and nothing where something else is in it', () => {
  const plan = { clients: 1_000_000, rateHz: 0.5, payloadBytes: 128, pollIntervalMs: 1000, maxClients: null };
  assert.deepEqual(restored('#planner&plan=1000000,0.5,128,1000').plan, plan);
  assert.deepEqual(restored('#planner&plan=1000000,0.5,128,1000,20000').plan, { ...plan, maxClients: 20_000 });
  for (const plan of [
    '',
    '1,2,3',
    '1,2,3,4,5,6',
    '1,2,3,4,',
    '1,2,3,4,0',
    '1,2,3,4,0.5',
    '1,2,3,4,toString',
    '0,1,1,1',
    '-1,1,1,1',
    'NaN,1,1,1',
    '1e13,1,1,1',
    'Infinity,1,1,1',
    '1,,1,1',
    '1.5,1,1,1',
    '1,1e-9,1,1',
    '50000,1,128',
    '50000,1,128,2000,',
    '50000,1,128,2000,-5',
    '50000,1,128,2000,1e99',
    '__proto__',
  ])
    assert.equal(restored(`#planner&plan=${plan}`).plan, null, plan);
});
