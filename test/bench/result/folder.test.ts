import assert from 'node:assert/strict';
import { mkdir, readdir, readlink, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { executeList } from '../../../bench/command/list-command.ts';
import type { PastRun } from '../../../bench/run/past-runs.ts';
import { executeReport, type ReportCollaborators } from '../../../bench/command/report-command.ts';
import {
  checkNewDirectory,
  findResult,
  findShown,
  makeDirectory,
  pointLatest,
  runId,
} from '../../../bench/result/folder.ts';
import { PushbenchError } from '../../../bench/basics/errors.ts';
import { readResult } from '../../../bench/result/store.ts';
import {
  defaultResult,
  fakeCell,
  fakePlan,
  fakeResult,
  fakeTrial,
  FOUR,
  invalidBecause,
  recordedOutput,
} from '../command/terminal/fake-run.ts';
import { fakeSurroundings, temporaryDirectory } from '../command/surroundings.ts';

const NOON = new Date('2026-01-31T12:00:00.789Z');

function isUsage(...parts: string[]) {
  return (error: unknown) => {
    assert.ok(error instanceof PushbenchError, String(error));
    assert.equal(error.reason, 'usage');
    for (const part of parts) assert.ok(error.message.includes(part), `${part} is not in: ${error.message}`);
    return true;
  };
}

async function put(path: string, ...files: [string, string][]) {
  await mkdir(path, { recursive: true });
  for (const [name, content] of files) await writeFile(join(path, name), content);
}

describe('the folder of a run', () => {
  it('is named by its time, sortable and valid everywhere', () => {
    assert.equal(runId(NOON), '2026-01-31T12-00-00');
  });

  it('may be new or empty, and nothing else', async (t) => {
    const cwd = await temporaryDirectory(t);
    await mkdir(join(cwd, 'empty'));
    await put(join(cwd, 'full'), ['x', '']);
    await put(join(cwd, 'result'), ['result.json', '{}']);
    await put(join(cwd, 'journal'), ['journal.ndjson', '']);
    await writeFile(join(cwd, 'file'), '');
    await checkNewDirectory(join(cwd, 'empty'));
    await checkNewDirectory(join(cwd, 'new', 'deep'));
    await assert.rejects(
      checkNewDirectory(join(cwd, 'full')),
      isUsage(join(cwd, 'full'), 'not empty', 'a new or an empty'),
    );
    await assert.rejects(checkNewDirectory(join(cwd, 'result')), isUsage('holds the result of another run'));
    await assert.rejects(checkNewDirectory(join(cwd, 'journal')), isUsage('holds the result of another run'));
    await assert.rejects(checkNewDirectory(join(cwd, 'file')), isUsage('is a file'));
  });

  it('is another one for each of two runs that start in the same second', async (t) => {
    const root = join(await temporaryDirectory(t), 'results');
    const made = await Promise.all([1, 2, 3].map(() => makeDirectory(root, undefined, NOON)));
    assert.equal(new Set(made.map((directory) => directory.path)).size, 3);
    assert.deepEqual(made.map((directory) => directory.id).toSorted(), [
      '2026-01-31T12-00-00',
      '2026-01-31T12-00-00-2',
      '2026-01-31T12-00-00-3',
    ]);
  });

  it('is taken back with the folders above it that were made for it, unless something was written', async (t) => {
    const cwd = await temporaryDirectory(t);
    await put(join(cwd, 'there'));
    const gone = await makeDirectory(join(cwd, 'results'), join(cwd, 'there', 'a', 'b'), NOON);
    await gone.discard();
    assert.deepEqual(await readdir(join(cwd, 'there')), []);
    const root = await makeDirectory(join(cwd, 'results'), undefined, NOON);
    await root.discard();
    assert.deepEqual(await readdir(cwd), ['there']);

    const kept = await makeDirectory(join(cwd, 'results'), join(cwd, 'there', 'a', 'b'), NOON);
    await writeFile(join(kept.path, 'journal.ndjson'), '');
    await kept.discard();
    assert.deepEqual(await readdir(join(cwd, 'there', 'a', 'b')), ['journal.ndjson']);

    const own = await makeDirectory(join(cwd, 'results'), join(cwd, 'there', 'a'), NOON);
    await own.discard();
    assert.deepEqual(await readdir(join(cwd, 'there')), ['a'], 'what was there before stays');
  });

  it('that cannot be made is a lacking resource', async (t) => {
    const cwd = await temporaryDirectory(t);
    await writeFile(join(cwd, 'file'), '');
    await assert.rejects(makeDirectory(cwd, join(cwd, 'file', 'x'), NOON), (error: unknown) => {
      assert.ok(error instanceof PushbenchError);
      assert.deepEqual([error.reason, error.code], ['resource', 'NOT_WRITABLE']);
      return true;
    });
  });

  it('is what latest leads to, and nothing is left beside it', async (t) => {
    const root = await temporaryDirectory(t);
    for (const name of ['one', 'two']) {
      await put(join(root, name), ['result.json', '{}']);
      await pointLatest(root, join(root, name));
      assert.equal(await readlink(join(root, 'latest')), name);
    }
    assert.deepEqual((await readdir(root)).toSorted(), ['latest', 'one', 'two']);
  });
});

describe('finding a result', () => {
  async function folders(t: TestContext) {
    const cwd = await temporaryDirectory(t);
    const root = join(cwd, 'results');
    await put(join(root, 'r1'), ['result.json', '{}'], ['journal.ndjson', '']);
    await put(join(root, 'r2'), ['journal.ndjson', '']);
    await put(join(root, 'none'), ['notes.txt', '']);
    return { cwd, root };
  }

  it('takes a folder, a file in it, the name of a run, or latest', async (t) => {
    const { cwd, root } = await folders(t);
    await symlink('r1', join(root, 'latest'));
    const expected = { directory: join(root, 'r1'), file: join(root, 'r1', 'result.json'), kind: 'result' };
    for (const given of ['results/r1', join(root, 'r1'), 'results/r1/result.json', 'r1', 'latest', 'results/latest']) {
      assert.deepEqual(await findResult(given, { cwd, results: root }), expected, given);
    }
    const journal = { directory: join(root, 'r2'), file: join(root, 'r2', 'journal.ndjson'), kind: 'journal' };
    for (const given of ['r2', 'results/r2/journal.ndjson'])
      assert.deepEqual(await findResult(given, { cwd, results: root }), journal, given);
  });

  it('reads the name in the file that stands for latest where links are not possible', async (t) => {
    const { cwd, root } = await folders(t);
    await writeFile(join(root, 'latest'), 'r1\n');
    assert.equal((await findResult('latest', { cwd, results: root })).directory, join(root, 'r1'));
  });

  it('finds a search for who can show one, and tells others what it is', async (t) => {
    const { cwd, root } = await folders(t);
    await put(join(root, 's1'), ['capacity.json', '{}'], ['capacity.ndjson', '']);
    await put(join(root, 's2'), ['capacity.ndjson', '']);
    const search = { directory: join(root, 's1'), file: join(root, 's1', 'capacity.json'), kind: 'search' };
    for (const given of ['s1', 'results/s1/capacity.json'])
      assert.deepEqual(await findShown(given, { cwd, results: root }), search);
    assert.equal((await findShown('s2', { cwd, results: root })).file, join(root, 's2', 'capacity.ndjson'));
    await assert.rejects(
      findResult('s1', { cwd, results: root }),
      isUsage('is a capacity search, not a run', 'capacity --from s1'),
    );
  });

  it('names the place where nothing is found', async (t) => {
    const { cwd, root } = await folders(t);
    await assert.rejects(
      findResult('nope', { cwd, results: root }),
      isUsage('nope', join(cwd, 'nope'), join(root, 'nope')),
    );
    await assert.rejects(
      findResult('none', { cwd, results: root }),
      isUsage(join(root, 'none'), 'neither result.json nor journal.ndjson'),
    );
    await assert.rejects(findResult('results/none/notes.txt', { cwd, results: root }), isUsage('file of another name'));
    await assert.rejects(findResult('latest', { cwd, results: root }), isUsage('latest'));
    await assert.rejects(
      findResult('results/r1/journal.ndjson', { cwd, results: root }),
      isUsage('beside it stands a result.json'),
    );
  });
});

describe('report', () => {
  async function open(t: TestContext, overrides: Partial<ReportCollaborators> = {}, problem: string | null = null) {
    const { cwd, surroundings, stdout, stderr } = await fakeSurroundings(t);
    const calls: string[] = [];
    const collaborators: ReportCollaborators = {
      readResult: async (file) => (calls.push(`read ${file}`), defaultResult()),
      resultFromJournal: async (file) => (calls.push(`rebuild ${file}`), defaultResult()),
      writeResult: async (file) => void calls.push(`write ${file}`),
      renderReport: (directory) => (calls.push(`render ${directory}`), Promise.resolve(join(directory, 'report.html'))),
      renderIndex: (root) => (
        calls.push(`index ${root}`),
        Promise.resolve({ path: join(root, 'index.html'), problem })
      ),
      openFile: (path) => (calls.push(`open ${path}`), Promise.resolve('The report was not opened.')),
      ...overrides,
    };
    const report = (operands: string[], values: Record<string, (string | null)[]> = {}) =>
      executeReport({ values, operands, mistakes: [] }, surroundings, collaborators);
    return { cwd, calls, report, stdout, stderr };
  }

  it('renders a result again after reading it', async (t) => {
    const { cwd, calls, report, stdout } = await open(t);
    await put(join(cwd, 'r'), ['result.json', '{}'], ['journal.ndjson', '']);
    assert.equal(await report(['r']), 0);
    assert.deepEqual(calls, [`read ${join(cwd, 'r/result.json')}`, `render ${join(cwd, 'r')}`]);
    assert.equal(stdout(), 'Report:  r/report.html\n');
  });

  it('renders a search as well, which the renderer reads itself, and knows of no assertion for it', async (t) => {
    const { cwd, calls, report, stdout } = await open(t);
    await put(join(cwd, 's'), ['capacity.ndjson', '']);
    assert.equal(await report(['s'], { json: [null] }), 0);
    assert.deepEqual(calls, [`render ${join(cwd, 's')}`]);
    assert.deepEqual(JSON.parse(stdout()), {
      result: join(cwd, 's', 'capacity.ndjson'),
      report: join(cwd, 's', 'report.html'),
      assertions: [],
    });
    await assert.rejects(report(['s'], { assert: ['sse.p99<50ms'] }), isUsage('--assert: s is a capacity search'));
  });

  it('rebuilds the result from the journal where there is none', async (t) => {
    const { cwd, calls, report } = await open(t);
    await put(join(cwd, 'r'), ['journal.ndjson', '']);
    assert.equal(await report(['r']), 0);
    assert.deepEqual(calls, [
      `rebuild ${join(cwd, 'r/journal.ndjson')}`,
      `write ${join(cwd, 'r/result.json')}`,
      `render ${join(cwd, 'r')}`,
    ]);
  });

  it('writes the page of past runs as well where the result is among them', async (t) => {
    const { cwd, calls, report, stderr } = await open(t, {}, 'disk full');
    await put(join(cwd, 'results/r'), ['result.json', '{}']);
    await symlink('r', join(cwd, 'results/latest'));
    for (const given of ['r', 'latest']) {
      assert.equal(await report([given]), 0);
      assert.deepEqual(calls.slice(-2), [`render ${join(cwd, 'results/r')}`, `index ${join(cwd, 'results')}`]);
    }
    assert.match(stderr(), /^results\/index\.html was not written: disk full\n/);
    await put(join(cwd, 'results/deep/r'), ['result.json', '{}']);
    await report(['results/deep/r']);
    assert.equal(calls.at(-1), `render ${join(cwd, 'results/deep/r')}`);
  });

  it('judges assertions on what the result holds, and renders nothing where one cannot be meant', async (t) => {
    const { cwd, calls, report, stdout } = await open(t);
    await put(join(cwd, 'r'), ['result.json', '{}']);
    assert.equal(await report(['r'], { assert: ['sse.p99<50ms'] }), 0);
    assert.equal(await report(['r'], { assert: ['sse.p99<50ms', 'sse.p99>50ms'] }), 4);
    assert.match(stdout(), /\nAssert passed: sse\.p99<50ms: 15\.3 ms .*\nAssert FAILED: sse\.p99>50ms: 15\.3 ms /);
    calls.length = 0;
    await assert.rejects(report(['r'], { assert: ['pigeon.p99<50ms'] }), isUsage('pigeon is not measured'));
    assert.deepEqual(calls, [`read ${join(cwd, 'r/result.json')}`]);
  });

  it('opens it when asked, and says when that fails, which is no failure', async (t) => {
    const { cwd, calls, report, stdout, stderr } = await open(t);
    await put(join(cwd, 'r'), ['result.json', '{}']);
    assert.equal(await report(['r'], { open: [null], json: [null] }), 0);
    assert.equal(calls.at(-1), `open ${join(cwd, 'r/report.html')}`);
    assert.equal(stderr(), 'The report was not opened.\n');
    assert.deepEqual(JSON.parse(stdout()), {
      result: join(cwd, 'r/result.json'),
      report: join(cwd, 'r/report.html'),
      assertions: [],
    });
  });

  it('names the place of a result that cannot be read, and what to do where its journal is there', async (t) => {
    const { cwd, calls, report } = await open(t, { readResult: async (file) => readResult(file) });
    await put(join(cwd, 'r'), ['result.json', '{"schemaVersion":1,']);
    await assert.rejects(report(['r']), isUsage(join(cwd, 'r/result.json'), 'not a whole JSON document'));
    await put(join(cwd, 'r'), ['journal.ndjson', '']);
    await assert.rejects(report(['r']), isUsage('move result.json away'));
    await put(join(cwd, 'r'), ['result.json', '{"schemaVersion":99}']);
    await assert.rejects(report(['r']), isUsage('schema version 99'));
    assert.deepEqual(calls, []);
  });
});

describe('list', () => {
  type Listing = { json?: boolean; columns?: number; isTTY?: boolean; problem?: string };

  async function list(t: TestContext, prepare: (root: string) => Promise<void>, options: Listing = {}) {
    const { json = false, problem = null } = options;
    const { cwd, surroundings, stderr } = await fakeSurroundings(t);
    const stdout = recordedOutput(options);
    await prepare(join(cwd, 'results'));
    const rendered: string[] = [];
    const invocation = { values: json ? { json: [null] } : {}, operands: [], mistakes: [] };
    const code = await executeList(invocation, { ...surroundings, stdout: stdout.output }, (root) => {
      rendered.push(root);
      return Promise.resolve({ path: join(root, 'index.html'), problem });
    });
    assert.equal(code, 0);
    return { cwd, stdout: stdout.text(), stderr: stderr(), rendered, lines: stdout.text().trimEnd().split('\n') };
  }

  const withRuns = async (root: string) => {
    const old = fakeResult(fakePlan(FOUR), [fakeTrial(FOUR[2]!, 0, { validity: invalidBecause('x', 'm') })], {
      startedAt: '2026-01-30T09:30:00.000Z',
      status: 'interrupted',
      label: 'tuned\u001B[2J',
    });
    const slower = fakeTrial(FOUR[2]!, 0, { validity: invalidBecause('slow', 'm', 'caution') });
    const swept = [FOUR[2]!, fakeCell({ transport: 'sse', clients: 5000 })];
    const caution = fakeResult(fakePlan(swept), [slower], { startedAt: '2026-01-31T12:00:00.000Z' });
    await put(join(root, 'older'), ['result.json', JSON.stringify(old)]);
    await put(join(root, '2026-01-31T12-00-00'), ['result.json', JSON.stringify(caution)]);
    await put(join(root, 'newer'), [
      'result.json',
      JSON.stringify({ ...defaultResult(), run: { ...defaultResult().run, startedAt: '2026-01-31T12:30:00.000Z' } }),
    ]);
    await put(join(root, 'halfway'), ['journal.ndjson', '']);
    await put(join(root, 'truncated'), ['result.json', '{"schemaVersion":1,"run"'], ['journal.ndjson', '']);
    await put(join(root, 'future'), ['result.json', '{"schemaVersion":99}']);
    await put(join(root, 'hollow'), ['result.json', '{"schemaVersion":1}']);
    await put(join(root, 'foreign'), ['result.json', 'null']);
    await put(join(root, 'empty'));
    await symlink('newer', join(root, 'latest'));
    await writeFile(join(root, 'stray.txt'), '');
  };

  it('shows runs, newest first, then what is broken and why, then the page', async (t) => {
    const { lines, rendered, cwd, stderr } = await list(t, withRuns);
    assert.deepEqual(lines, [
      'run                  standing  p99 ms: polling  long-polling   sse  websocket',
      'newer                valid                5.35          10.3  15.3       20.4',
      '  2026-01-31 12:30Z · 1,000 clients, 10/s, 128 B · p99 lowest with polling · 32 trials: 32 valid',
      '2026-01-31T12-00-00  caution                 -             -  5.00          -',
      '  1,000 clients, 10/s, 128 B (first of 2 loads) · nothing to compare · 1 trial: 0 valid, 1 caution',
      'older                invalid                 -             -     -          -',
      String.raw`  2026-01-30 09:30Z · "tuned\u001b[2J" · 1,000 clients, 10/s, 128 B`,
      '  no verdict: fewer than 6 blocks count for any two (x) · interrupted after 1 of 4 trials: 0 valid, 1 invalid',
      '',
      lines.find((line) => line.startsWith('truncated: result.json: ')),
      ...lines.slice(10, -7),
      'hollow: result.json: incomplete',
      'halfway: still running, or cut short; then npm run bench -- report halfway rebuilds it',
      'future: result.json: written by a newer pushbench (schema 99)',
      'foreign: result.json: not a result of pushbench',
      'empty: no result.json',
      '',
      'Page:  results/index.html, with links to the reports and how p99 went',
    ]);
    assert.match(lines.slice(9, -7).join(' '), /move result\.json away, then\s+npm run bench -- report truncated/);
    assert.deepEqual(rendered, [join(cwd, 'results')]);
    assert.equal(stderr, '');
  });

  it('fits narrow terminals, with the figures below their run', async (t) => {
    for (const columns of [40, 60, 80]) {
      const { lines } = await list(t, withRuns, { isTTY: true, columns });
      const own = lines.slice(0, -1);
      // oxlint-disable-next-line no-control-regex -- colours take no room
      for (const line of own.map((text) => text.replaceAll(/\u001B\[\d+m/g, '')))
        assert.ok(line.length <= columns, `${columns}: ${line}`);
      if (columns === 40)
        assert.match(
          lines.join(' '),
          /newer · valid {3}p99: polling 5\.35 ms {3}long-polling 10\.3 ms, sse 15\.3 ms {3}websocket 20\.4 ms/,
        );
    }
  });

  it('shows a terminal the newest twenty, and other readers all', async (t) => {
    const many = async (root: string) => {
      for (let day = 1; day <= 25; day++) {
        const id = `2026-01-${String(day).padStart(2, '0')}T12-00-00`;
        const startedAt = `${id.slice(0, 10)}T12:00:00.000Z`;
        const result = fakeResult(fakePlan([FOUR[2]!]), [fakeTrial(FOUR[2]!, 0)], { id, startedAt });
        await put(join(root, id), ['result.json', JSON.stringify(result)]);
      }
    };
    const shown = await list(t, many, { isTTY: true, columns: 100 });
    assert.equal(shown.lines.filter((line) => line.startsWith('2026-01-')).length, 20);
    assert.ok(shown.lines.includes('… and 5 older runs, which the page has as well'), shown.stdout);
    const { lines } = await list(t, many);
    assert.equal(lines.filter((line) => line.startsWith('2026-01-')).length, 25);
  });

  it('says when the page could not be written, which is no failure', async (t) => {
    const { lines, stderr } = await list(t, withRuns, { problem: 'read-only' });
    assert.equal(stderr, 'results/index.html was not written: read-only\n');
    assert.doesNotMatch(lines.join('\n'), /Page:/);
  });

  it('is one JSON document for programs', async (t) => {
    const runs = JSON.parse((await list(t, withRuns, { json: true })).stdout) as PastRun[];
    assert.equal(runs.length, 9);
    const p99 = (transport: string, value: number, pollIntervalMs: number | null = null) => ({
      transport,
      pollIntervalMs,
      value,
    });
    const [first] = runs;
    assert.ok(first?.kind === 'run');
    const { p99Us, ...run } = first;
    for (const { value, low, high } of p99Us) assert.ok(low! < value! && value! < high!);
    assert.deepEqual(
      p99Us.map(({ low: _low, high: _high, ...figure }) => figure),
      [p99('polling', 5350, 1000), p99('long-polling', 10_350), p99('sse', 15_350), p99('websocket', 20_350)],
    );
    assert.deepEqual(run, {
      kind: 'run',
      id: 'newer',
      startedAt: '2026-01-31T12:30:00.000Z',
      label: '',
      status: 'complete',
      standing: 'valid',
      planned: 32,
      trials: 32,
      valid: 32,
      caution: 0,
      invalid: 0,
      load: { clients: 1000, rateHz: 10, payloadBytes: 128, driver: 'lean', fanOut: 'prepared' },
      loads: 1,
      verdict: 'p99 lowest with polling',
    });
    assert.deepEqual(runs.filter((run) => run.kind === 'broken').length, 5);
  });

  it('says that there are none, and what to do', async (t) => {
    const { stdout, rendered } = await list(t, async () => {});
    assert.match(stdout, /^no runs yet: there is no folder .*results\. The first one: npm run bench -- --quick\n$/);
    assert.deepEqual(rendered, []);
    assert.equal((await list(t, async () => {}, { json: true })).stdout, '[]\n');
    const empty = await list(t, (root) => mkdir(root));
    assert.match(empty.stdout, /^no runs in .*results yet\. The first one: npm run bench -- --quick\n$/);
  });

  it('names a folder that cannot be read', async (t) => {
    const failure = list(t, async (root) => writeFile(root, ''));
    await assert.rejects(failure, { reason: 'resource', message: /cannot read the folder .*results \(ENOTDIR\)/ });
  });

  it('shows the answers of capacity searches, and how to hear those of one that was cut short', async (t) => {
    const { lines } = await list(t, async (root) => {
      const search = {
        run: { startedAt: '2026-01-31T12:00:00.000Z', status: 'complete' },
        answers: [{ sentence: 'SSE holds 11,200 clients' }],
      };
      await put(join(root, 'search'), ['capacity.json', JSON.stringify(search)]);
      await put(join(root, 'cut'), ['capacity.ndjson', '']);
      await put(join(root, 'odd'), ['capacity.json', '{}']);
    });
    assert.deepEqual(lines.slice(0, 4), [
      'search: capacity search, complete',
      '  SSE holds 11,200 clients',
      'odd: capacity.json: not a capacity search of pushbench',
      'cut: a search, still running or cut short; what it knows: npm run bench -- capacity --from cut',
    ]);
  });
});
