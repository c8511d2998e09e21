import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { renderIndex } from '../../../bench/command/render-index.ts';
import { indexPage } from '../../../report/index/page.ts';
import { AGENT_SATURATED, HOSTILE, fixtureResult, hostileResult } from '../../helpers/result-fixture.ts';
import { indexed, resultOf } from './past.ts';

const main = fileURLToPath(new URL('../../../report/main.ts', import.meta.url));
const run = promisify(execFile);

async function folder(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'pushbench-index-'));
  t.after(() => rm(path, { recursive: true, force: true }));
  return path;
}

test('every run has a line with its report, judgement, figures, verdict and what changed', () => {
  const { environment } = resultOf(1);
  const document = indexPage(
    [
      indexed(resultOf(3, { blocks: 8, label: 'after <b>', clients: [1000, 2000] })),
      indexed(resultOf(2, { interruptAfter: 3 }, { environment: { ...environment, kernel: '6.9.0' } }), {
        hasReport: false,
      }),
      indexed(resultOf(1, { validity: () => AGENT_SATURATED })),
      { kind: 'journal', id: 'halfway', problem: 'cut short', hasReport: false },
    ],
    '',
  );
  const [, ...rows] = document.split('<tr>').slice(1);
  assert.equal(rows.length, 3);
  for (const [row = '', ...parts] of [
    [
      rows[0],
      'href="./2026-03-03T14-05-09/report.html"',
      'after &lt;b&gt;',
      '2026-03-03 14:05 UTC',
      'first of 2 loads',
    ],
    [rows[0], 'VALID', '64 valid', 'p99 lowest with', 'kernel 6.9.0 → 6.8.0-45-generic'],
    [rows[1], 'CAUTION', 'interrupted after 3 of 4 trials: 3 valid', 'result.json', 'no report yet', 'kernel 6.8.0'],
    [rows[2], 'INVALID', '0 valid, 4 invalid', 'no verdict', '–'],
  ]) {
    for (const part of parts) assert.ok(row.includes(part ?? ''), `${part} is not in ${row}`);
  }
  assert.match(document, /<strong>halfway<\/strong>: cut short/);
});

test('a capacity search has its answers and the way to its report, or to its figures', () => {
  const search = {
    kind: 'capacity' as const,
    startedAt: '2026-03-03T14:05:09.000Z',
    answers: ['SSE holds <11,200> clients.'],
  };
  const document = indexPage(
    [
      { ...search, id: 'whole', status: 'complete', hasReport: true },
      { ...search, id: 'cut', status: 'interrupted', hasReport: false },
    ],
    '',
  );
  for (const part of [
    'href="./whole/report.html"',
    'href="./cut/capacity.json"',
    '2026-03-03 14:05 UTC, interrupted',
    'no report yet: npm run bench -- report cut',
    'SSE holds &lt;11,200&gt; clients.',
  ])
    assert.ok(document.includes(part), part);
});

test('the page names nothing outside its folder, and the same runs give the same page', () => {
  const runs = [indexed(resultOf(2)), indexed(resultOf(1))];
  const document = indexPage(runs, '');
  assert.doesNotMatch(document, /<script/);
  assert.match(document, /default-src &#39;none&#39;; style-src &#39;sha256-/);
  const links = [...document.matchAll(/\s(?:src|href)="([^"]*)"/g)].map(([, url = '']) => url);
  for (const url of links) assert.match(url, /^(?:data:image|\.\/[\w-]+\/report\.html$)/);
  assert.equal(indexPage(runs, ''), document);
});

test('hostile labels and folders stay text, also in links and colours', () => {
  const hostile = hostileResult();
  const document = indexPage(
    [
      indexed(hostile, { id: `"><script>x</script>` }),
      indexed({ ...hostile, run: { ...hostile.run, startedAt: HOSTILE } }, { id: 'javascript:alert(1)' }),
      { kind: 'broken', id: HOSTILE, problem: HOSTILE, hasReport: false },
    ],
    '',
  );
  assert.doesNotMatch(document, /<script|<img|body\{display/);
  assert.match(document, /href="\.\/%22%3E%3Cscript%3Ex%3C%2Fscript%3E\/report\.html"/);
  assert.match(document, /href="\.\/javascript%3Aalert\(1\)\/report\.html"/);
});

test('an empty folder has a page that says what to do', () => {
  assert.match(indexPage([], ''), /no finished run yet.*npm run bench -- --quick/);
});

test('the command writes the page into the folder of results, and says why where it cannot', async (t) => {
  const root = await folder(t);
  await mkdir(join(root, 'r'));
  await writeFile(join(root, 'r', 'result.json'), JSON.stringify(fixtureResult({ blocks: 1 })));
  const { stdout } = await run(process.execPath, [main, '--index', root]);
  assert.equal(stdout.trim(), join(root, 'index.html'));
  assert.deepEqual((await readdir(root)).toSorted(), ['index.html', 'r']);
  assert.match(await readFile(join(root, 'index.html'), 'utf8'), /^<!doctype html>[\s\S]*href="\.\/r\/result\.json"/);

  assert.deepEqual(await renderIndex(root), { path: join(root, 'index.html'), problem: null });
  const nowhere = join(root, 'nowhere');
  assert.deepEqual(await renderIndex(nowhere), {
    path: join(nowhere, 'index.html'),
    problem: `there is no folder ${nowhere}`,
  });
});
