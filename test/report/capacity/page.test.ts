import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type CapacityResult, CapacityResult as Schema } from '../../../bench/result/capacity-schema.ts';
import { assertSchema } from '../../../bench/result/store.ts';
import { standingOf } from '../../../report/capacity/search-view.ts';
import { capacityPage } from '../../../report/capacity/page.ts';
import { slo } from '../../bench/run/capacity/fake-steps.ts';
import { temporaryDirectory } from '../../bench/command/surroundings.ts';
import { HOSTILE } from '../../helpers/result-fixture.ts';
import { fixtureSearch } from './fixture.ts';

/** Every place where a transport, an objective or the machine may bring a text. */
function hostileSearch(): CapacityResult {
  const search = fixtureSearch({ label: HOSTILE });
  const { run, environment, transports, steps, answers } = search;
  return {
    ...search,
    run: { ...run, id: HOSTILE, command: HOSTILE, version: HOSTILE, commit: HOSTILE },
    environment: { ...environment, cpuModel: HOSTILE, sysctls: { [HOSTILE]: HOSTILE } },
    transports: transports.map((look) => ({ ...look, label: HOSTILE, colour: { light: 'red}body{', dark: HOSTILE } })),
    steps: steps.map((step) => ({
      ...step,
      trial: {
        ...step.trial,
        validity: {
          ...step.trial.validity,
          reasons: [{ code: HOSTILE, severity: 'caution' as const, message: HOSTILE, value: 1, limit: 0 }],
        },
      },
    })),
    answers: answers.map((answer) => ({ ...answer, sentence: HOSTILE })),
  };
}

const main = fileURLToPath(new URL('../../../report/main.ts', import.meta.url));
const run = promisify(execFile);

describe('the page of a search', () => {
  it('is written beside the search by the renderer of reports, also from a journal that was cut short', async (t) => {
    const { steps, answers, transports, ...head } = fixtureSearch();
    const directory = await temporaryDirectory(t);
    const lines = [
      head,
      ...steps.slice(0, 9).map(({ transport, stage, level, trial }) => ({ transport, stage, level, trial })),
    ];
    const text = `${lines.map((line) => JSON.stringify(line)).join('\n')}\n{"transport":"web`;
    await writeFile(join(directory, 'capacity.ndjson'), text);
    const { stdout } = await run(process.execPath, [main, directory]);
    assert.equal(stdout.trim(), join(directory, 'report.html'));
    assert.match(await readFile(join(directory, 'report.html'), 'utf8'), /no interval: the search was stopped/);
    await writeFile(join(directory, 'capacity.json'), JSON.stringify({ ...head, steps, answers, transports }));
    await run(process.execPath, [main, directory]);
    assert.ok((await readFile(join(directory, 'report.html'), 'utf8')).includes('WebSocket holds'));
    await writeFile(join(directory, 'capacity.json'), '{"kind":');
    const failure = await run(process.execPath, [main, directory]).catch(
      (error: { code: number; stderr: string }) => error,
    );
    assert.ok('code' in failure && failure.code === 2, 'refused');
    assert.match(failure.stderr, /capacity\.json is not whole JSON/);
  });

  it('shows fixtures that hold to the schema', () => {
    assertSchema(Schema, fixtureSearch(), 'fixture', 'defect');
  });

  it('begins with each answer in its own words, and names nothing outside itself', async () => {
    const search = fixtureSearch();
    const document = await capacityPage(search);
    assert.deepEqual(
      search.answers.map(({ outcome }) => outcome),
      ['found', 'generator-bound', 'found', 'below'],
    );
    for (const { sentence } of search.answers)
      assert.ok(document.includes(`<p>${sentence.replaceAll('<', '&lt;').replaceAll("'", '&#39;')}</p>`), sentence);
    assert.doesNotMatch(document, /<script|\s(?:src|href)\s*=\s*["']?(?:https?:|\/\/)/);
    assert.match(document, /default-src &#39;none&#39;; style-src &#39;sha256-/);
    assert.equal(document, await capacityPage(search));
  });

  it('lets no text become markup or style', async () => {
    const document = await capacityPage(hostileSearch());
    assert.ok(!document.includes('<img') && !document.includes('<script') && !document.includes('red}body{'));
  });

  it('has ticks per second on its axis where these were searched', async () => {
    const plan = {
      vary: 'rate' as const,
      transports: ['sse'],
      min: 0.5,
      max: 1000,
      workload: { ...fixtureSearch().search.workload, clients: 1000, rateHz: null },
      slos: [slo('p99<100ms')],
    };
    const search = fixtureSearch({
      plan,
      servers: { sse: (level, random) => ({ p99Us: 900 * level * (1 + random() / 9) }) },
    });
    assert.equal(search.answers[0]!.outcome, 'found');
    const document = await capacityPage(search);
    assert.match(document, /latency p99 against ticks\/s/);
    assert.match(document, /How many ticks\/s meet p99&lt;100ms\?/);
  });

  it('says what a search that was stopped knows, and what it does not', async () => {
    const search = fixtureSearch({ stopAfter: 8 });
    const standing = standingOf(search);
    assert.equal(standing.status, 'caution');
    assert.match(standing.why, /^The search was interrupted after 8 steps\./);
    const document = await capacityPage(search);
    assert.match(document, /no interval: the search was stopped/);
    assert.match(document, /Not searched before it was stopped: SSE, long polling and polling/);
    const nothing = fixtureSearch({ stopAfter: 0 });
    assert.equal(standingOf(nothing).status, 'invalid');
    const empty = await capacityPage(nothing);
    assert.match(empty, /No step was finished, so nothing is known/);
    assert.doesNotMatch(empty, /id="(charts|steps)"/);
  });

  it('relies on a search that has all of its answers', () => {
    const { status, why } = standingOf(fixtureSearch());
    assert.equal(status, 'valid');
    assert.match(why, /^4 answers from \d+ steps\.$/);
    const search = fixtureSearch();
    const stopped = standingOf({ ...search, run: { ...search.run, status: 'interrupted' } });
    assert.equal(stopped.status, 'caution', 'stopped after the last answer');
  });
});
