import assert from 'node:assert/strict';
import { mkdir, readdir, readlink, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { listCommand } from '../../../bench/commands/list.ts';
import type { PastRun } from '../../../bench/commands/past-runs.ts';
import { executeReport, type ReportCollaborators } from '../../../bench/commands/report.ts';
import { checkNewDirectory, findResult, makeDirectory, pointLatest, runId } from '../../../bench/commands/results.ts';
import { PushbenchError } from '../../../bench/errors.ts';
import { readResult } from '../../../bench/result/store.ts';
import { defaultResult, fakePlan, fakeResult, fakeTrial, FOUR, invalidBecause } from '../terminal/fake-run.ts';
import { fakeSurroundings, temporaryDirectory } from './surroundings.ts';

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
      assert.deepEqual(await findResult(given, cwd), expected, given);
    }
    const journal = { directory: join(root, 'r2'), file: join(root, 'r2', 'journal.ndjson'), kind: 'journal' };
    for (const given of ['r2', 'results/r2/journal.ndjson'])
      assert.deepEqual(await findResult(given, cwd), journal, given);
  });

  it('reads the name in the file that stands for latest where links are not possible', async (t) => {
    const { cwd, root } = await folders(t);
    await writeFile(join(root, 'latest'), 'r1\n');
    assert.equal((await findResult('latest', cwd)).directory, join(root, 'r1'));
  });

  it('names the place where nothing is found', async (t) => {
    const { cwd, root } = await folders(t);
    await assert.rejects(findResult('nope', cwd), isUsage('nope', join(cwd, 'nope'), join(root, 'nope')));
    await assert.rejects(
      findResult('none', cwd),
      isUsage(join(root, 'none'), 'neither result.json nor journal.ndjson'),
    );
    await assert.rejects(findResult('results/none/notes.txt', cwd), isUsage('file of another name'));
    await assert.rejects(findResult('latest', cwd), isUsage('latest'));
    await assert.rejects(findResult('results/r1/journal.ndjson', cwd), isUsage('beside it stands a result.json'));
  });
});

describe('report', () => {
  async function open(t: TestContext, overrides: Partial<ReportCollaborators> = {}) {
    const { cwd, surroundings, stdout, stderr } = await fakeSurroundings(t);
    const calls: string[] = [];
    const collaborators: ReportCollaborators = {
      readResult: (file) => (calls.push(`read ${file}`), defaultResult()),
      resultFromJournal: (file) => (calls.push(`rebuild ${file}`), defaultResult()),
      writeResult: (file) => void calls.push(`write ${file}`),
      renderReport: (directory) => (calls.push(`render ${directory}`), Promise.resolve(join(directory, 'report.html'))),
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
    const { cwd, calls, report } = await open(t, { readResult });
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
  async function list(t: TestContext, prepare: (root: string) => Promise<void>, json = false) {
    const { cwd, surroundings, stdout } = await fakeSurroundings(t);
    await prepare(join(cwd, 'results'));
    const values = json ? { json: [null] } : {};
    assert.equal(await listCommand.execute({ values, operands: [], mistakes: [] }, surroundings), 0);
    return stdout();
  }

  const withRuns = async (root: string) => {
    const old = fakeResult(fakePlan(FOUR), [fakeTrial(FOUR[2]!, 0, { validity: invalidBecause('x', 'm') })], {
      startedAt: '2026-01-30T09:30:00.000Z',
      status: 'interrupted',
      label: 'tuned\u001B[2J',
    });
    await put(join(root, 'older'), ['result.json', JSON.stringify(old)]);
    await put(join(root, 'newer'), ['result.json', JSON.stringify(defaultResult())]);
    await put(join(root, 'halfway'), ['journal.ndjson', '']);
    await put(join(root, 'truncated'), ['result.json', '{"schemaVersion":1,"run"']);
    await put(join(root, 'future'), ['result.json', '{"schemaVersion":99}']);
    await put(join(root, 'hollow'), ['result.json', '{"schemaVersion":1}']);
    await put(join(root, 'foreign'), ['result.json', 'null']);
    await put(join(root, 'empty'));
    await symlink('newer', join(root, 'latest'));
    await writeFile(join(root, 'stray.txt'), '');
  };

  it('shows runs, newest first, then what is broken and why', async (t) => {
    const lines = (await list(t, withRuns)).trimEnd().split('\n');
    assert.deepEqual(lines, [
      'id     UTC                status       cells  trials  valid/invalid  p99 of each transport · label',
      'newer  2026-01-31 12:00Z  complete         4      32           32/0  polling 5.35 ms · long-polling 10.3 ms · sse 15.3 ms · websocket 20.4 ms',
      String.raw`older  2026-01-30 09:30Z  interrupted      4       1            0/1  polling - · long-polling - · sse 5.00 ms · websocket - · "tuned\u001b[2J"`,
      lines.find((line) => line.startsWith('truncated: result.json: ')),
      'hollow: result.json: incomplete',
      'halfway: not finished; rebuild it: npm run bench -- report halfway',
      'future: result.json: written by a newer pushbench (schema 99)',
      'foreign: result.json: not a result',
      'empty: no result.json',
    ]);
  });

  it('is one JSON document for programs', async (t) => {
    const runs = JSON.parse(await list(t, withRuns, true)) as PastRun[];
    assert.equal(runs.length, 8);
    assert.deepEqual(runs[0], {
      kind: 'run',
      id: 'newer',
      startedAt: '2026-01-31T12:00:00.000Z',
      label: '',
      status: 'complete',
      cells: 4,
      trials: 32,
      valid: 32,
      invalid: 0,
      p99Us: [
        { transport: 'polling', value: 5350 },
        { transport: 'long-polling', value: 10_350 },
        { transport: 'sse', value: 15_350 },
        { transport: 'websocket', value: 20_350 },
      ],
    });
    assert.deepEqual(runs.filter((run) => run.kind === 'broken').length, 5);
  });

  it('shows the answers of capacity searches, and how to hear those of one that was cut short', async (t) => {
    const text = await list(t, async (root) => {
      const search = {
        run: { startedAt: '2026-01-31T12:00:00.000Z', status: 'complete' },
        answers: [{ sentence: 'SSE holds 11,200 clients' }],
      };
      await put(join(root, 'search'), ['capacity.json', JSON.stringify(search)]);
      await put(join(root, 'cut'), ['capacity.ndjson', '']);
      await put(join(root, 'odd'), ['capacity.json', '{}']);
    });
    assert.deepEqual(text.trimEnd().split('\n'), [
      'search capacity, complete:',
      '  SSE holds 11,200 clients',
      'odd: capacity.json: not a capacity search of pushbench',
      'cut: not finished; what it knows: npm run bench -- capacity --from cut',
    ]);
  });

  it('is a sentence where there are none', async (t) => {
    assert.match(
      await list(t, async () => {}),
      /^no runs in .*results yet; the first one: npm run bench -- --quick\n$/,
    );
    assert.equal(await list(t, async () => {}, true), '[]\n');
  });
});
