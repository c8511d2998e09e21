import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { assertSchema, readResult } from '../../bench/result/store.ts';
import { RunResult } from '../../bench/result/schema.ts';
import { buildReport } from '../../report/build.ts';
import {
  AGENT_SATURATED,
  HOSTILE,
  distributionOf,
  fixtureResult,
  hostileResult,
  publishedBy,
} from '../helpers/result-fixture.ts';

const committed = fileURLToPath(new URL('../fixtures/result-v1.json', import.meta.url));
const main = fileURLToPath(new URL('../../report/main.ts', import.meta.url));
const run = promisify(execFile);

async function folder(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'pushbench-report-'));
  t.after(() => rm(path, { recursive: true, force: true }));
  return path;
}

test('fixtures hold to the schema', () => {
  const variants = {
    plain: fixtureResult(),
    swept: fixtureResult({
      clients: [10, 20],
      rates: [1, 10],
      payloads: [64, 128],
      pollIntervals: [250, 1000],
      blocks: 1,
    }),
    invalid: fixtureResult({ validity: () => AGENT_SATURATED, blocks: 1 }),
    interrupted: fixtureResult({ interruptAfter: 3 }),
    empty: fixtureResult({ interruptAfter: 0 }),
    hostile: hostileResult(),
  };
  for (const [name, result] of Object.entries(variants)) assertSchema(RunResult, result, name, 'defect');
});

test('an old result can still be read and rendered', async () => {
  const document = await buildReport(readResult(committed));
  assert.match(document, /<h1>Sample run<\/h1>/);
});

test('gates that had nothing to look at did not hold: the warnings name them', async () => {
  const throttledUs = null;
  const blind = fixtureResult({ blocks: 1, edit: (trial) => ({ ...trial, host: { ...trial.host, throttledUs } }) });
  assert.match(
    await buildReport(blind),
    /every gate that could look held in \d+ trials?\.\s*<\/p>\s*<p class="quiet">Of the machine, this system does not tell what THROTTLED would be judged by: no gate looks at it\./,
  );
  const short = fixtureResult({ blocks: 1, edit: (trial) => ({ ...trial, steadiness: null }) });
  assert.match(
    await buildReport(short),
    /every gate that could look held in .*Of the ticks, the windows hold too few ticks for UNSTEADY/s,
  );
  assert.match(await buildReport(fixtureResult({ blocks: 1 })), /every gate held in/);
});

test('where servers are published to, the steps of a tick are shown, of the built-in one those that it has', async () => {
  const plain = fixtureResult({ blocks: 2, transports: ['sse', 'go:sse'] });
  const shown = /<section id="steps"/;
  assert.doesNotMatch(await buildReport(plain), shown);
  const firstReceiptUs = distributionOf([700]);
  const lastReceiptUs = distributionOf([2000]);
  const split = fixtureResult({
    blocks: 2,
    transports: ['sse', 'go:sse'],
    edit: (trial) => ({
      ...trial,
      firstReceiptUs,
      lastReceiptUs,
      publish: trial.cell.transport === 'sse' ? null : publishedBy('stdin'),
    }),
  });
  assertSchema(RunResult, split, 'split', 'defect');
  const [, section = ''] = (await buildReport(split)).split(shown);
  const rows = section.split('<tbody')[1]!.split('</tbody>')[0]!.split('<tr').slice(1);
  const cells = rows.map((row) => [...row.matchAll(/<td>([^<]*)/g)].map(([, text]) => text));
  assert.deepEqual(cells, [
    ['0.060', '–', '0.70', '2.00'],
    ['0.40', '1.00', '0.70', '2.00'],
  ]);
  const strokes = rows.map((row) => /<path d="M([\d.]+) 0V12"/.exec(row)?.[1]);
  assert.deepEqual(strokes, [undefined, '90.0'], 'half of the bar');
  const widths = [...rows[1]!.matchAll(/width="([\d.]+)" height="8"/g)].map(([, width]) => Number(width));
  assert.deepEqual(widths, [36, 27, 117]);
});

test('what the caller gave to every process stands in the environment', async () => {
  const result = fixtureResult({ blocks: 1 });
  const given = { coreList: '4-5', cpuQuota: 1.5, variables: { NODE_OPTIONS: '--import=apm' } };
  const document = await buildReport({ ...result, environment: { ...result.environment, ...given } });
  for (const [name, value] of [
    ['cores', '2 \\(4-5\\)'],
    ['CPU quota', '1\\.5 cores'],
    ['NODE_OPTIONS', '--import=apm'],
  ]) {
    assert.match(document, new RegExp(`<dt>${name}</dt>\\s*<dd>${value}</dd>`));
  }
});

test('the same result gives the same page', async () => {
  assert.equal(await buildReport(fixtureResult({ blocks: 1 })), await buildReport(fixtureResult({ blocks: 1 })));
});

test('a page of 400 trials stays below a megabyte and names nothing outside itself', async () => {
  const clients = Array.from({ length: 20 }, (_, index) => (index + 1) * 50);
  const document = await buildReport(fixtureResult({ clients, blocks: 5 }));
  assert.ok(Buffer.byteLength(document) < 1_000_000, `${Buffer.byteLength(document)} bytes`);
  assert.doesNotMatch(document, /\s(?:src|href)\s*=\s*["']?(?:https?:|\/\/)/);
});

test('no hostile text becomes markup', async () => {
  const document = await buildReport(hostileResult());
  const [markup = ''] = document.split('<script type="application/json"');
  assert.ok(!markup.includes('<img'));
  assert.ok(!document.includes(HOSTILE));
  assert.equal(document.match(/<script/g)?.length, document.match(/<\/script/g)?.length);
  assert.ok(!document.includes('body{display:none'));
});

test('the command writes the page beside the result and nothing else', async (t) => {
  const path = await folder(t);
  await writeFile(join(path, 'result.json'), JSON.stringify(fixtureResult({ blocks: 1 })));
  const { stdout } = await run(process.execPath, [main, path]);
  assert.equal(stdout.trim(), join(path, 'report.html'));
  assert.deepEqual((await readdir(path)).toSorted(), ['report.html', 'result.json']);
  assert.match(await readFile(join(path, 'report.html'), 'utf8'), /^<!doctype html>/);
});

test('a damaged result is refused in one sentence, without a page', async (t) => {
  const path = await folder(t);
  await writeFile(join(path, 'result.json'), '{"schemaVersion":1');
  const failure = await run(process.execPath, [main, path]).then(
    () => assert.fail('it ended well'),
    (error: { code: number; stderr: string }) => error,
  );
  assert.equal(failure.code, 2);
  assert.match(failure.stderr, /^pushbench: .*result\.json.*\n$/);
  assert.deepEqual(await readdir(path), ['result.json']);
});

test('what servers sent besides ticks is told where there was something', async () => {
  const told = (controlMessages: number) =>
    buildReport(fixtureResult({ blocks: 1, edit: (trial) => ({ ...trial, controlMessages }) }));
  const { length } = fixtureResult({ blocks: 1 }).trials;
  assert.match(await told(3), new RegExp(`Clients also received ${3 * length} messages without a tick`));
  assert.doesNotMatch(await told(0), /without a tick/);
});
