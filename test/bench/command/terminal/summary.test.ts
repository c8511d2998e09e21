import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { standingTrials } from '../../../../bench/judge/standing-trials.ts';
import { runOutcome, warningsOf } from '../../../../bench/command/terminal/run-outcome.ts';
import { planLines } from '../../../../bench/command/terminal/dry-run.ts';
import { tooFewBlocksText } from '../../../../bench/command/terminal/reach-words.ts';
import { painter } from '../../../../bench/command/terminal/style.ts';
import { MAX_SUMMARY_COLUMNS, MAX_SUMMARY_LINES, summaryLines } from '../../../../bench/command/terminal/summary.ts';
import { distributionOf, publishedBy } from '../../../helpers/result-fixture.ts';
import { defaultResult, fakeCell, fakePlan, fakeResult, fakeTrial, FOUR, invalidBecause } from './fake-run.ts';

const PAINT = painter(false);
const FILES = { result: 'results/r/result.json', report: 'results/r/report.html', next: 'npm run bench -- list' };
const lines = (result = defaultResult(), width = 100) => summaryLines(result, FILES, width, PAINT);

function assertFits(text: readonly string[]) {
  assert.ok(text.length <= MAX_SUMMARY_LINES, `${text.length} lines:\n${text.join('\n')}`);
  for (const line of text) assert.ok(line.length <= MAX_SUMMARY_COLUMNS, `${line.length} columns: ${line}`);
}

describe('the summary of a run', () => {
  it('is the matrix with intervals where they fit, then verdicts, files and the next command', () => {
    assert.deepEqual(lines(), [
      'run 2026-01-31T12-00-00 · complete · 32 trials: 32 valid · 03:12',
      'medians                 p50 ms            p99 ms  age ms  CPU us/tick  KiB/client  B/tick  missed',
      'polling       2.14 (2.00-2.28)  5.35 (5.00-5.70)    50.0         7.14        4.88     145       0',
      'long-polling  4.14 (4.00-4.28)  10.3 (10.0-10.7)    50.0         13.8        4.88     145       0',
      'sse           6.14 (6.00-6.28)  15.3 (15.0-15.7)    50.0         20.5        4.88     145       0',
      'websocket     8.14 (8.00-8.28)  20.4 (20.0-20.7)    50.0         27.1        4.88     145       0',
      '',
      'Verdicts at 1,000 clients, 10 ticks/s, 128 B, on one machine (31 more in the report):',
      '  p99 is lowest with polling, then long-polling, then sse, then websocket.',
      '  mean age is equivalent within 2 % with polling, long-polling, sse and websocket.',
      '  server CPU per delivery is lowest with polling, then long-polling, then sse, then websocket.',
      '  memory per client is equivalent within 2 % with polling, long-polling, sse and websocket.',
      '  traffic per delivery is equivalent within 2 % with polling, long-polling, sse and websocket.',
      '',
      'Report:  results/r/report.html',
      'Result:  results/r/result.json',
      'Next:    npm run bench -- list',
    ]);
  });

  it('leaves whole columns out on a narrow terminal, never half a figure', () => {
    assert.deepEqual(lines(defaultResult(), 40).slice(0, 4), [
      'run 2026-01-31T12-00-00 · complete',
      '32 trials: 32 valid · 03:12',
      'medians       p50 ms  p99 ms  missed',
      'polling         2.14    5.35       0',
    ]);
  });

  it('leaves the intervals out before it gets too wide', () => {
    for (const width of [40, 60, 80, 100, 300]) {
      const text = lines(defaultResult(), width);
      assertFits(text);
      const figures = text.slice(0, 6);
      assert.ok(
        figures.every((line) => line.length <= width),
        `${width}:\n${figures.join('\n')}`,
      );
    }
    assert.doesNotMatch(lines(defaultResult(), 70).slice(0, 6).join('\n'), /\(/);
  });

  it('has the most decisive verdicts, whole ones only, with their load where loads differ', () => {
    const swept = [10, 1000].flatMap((clients) => FOUR.map((cell) => ({ ...cell, clients })));
    const trials = swept.flatMap((cell, index) =>
      Array.from({ length: 8 }, (_, block) => {
        const noise = 1 + (index % 4) * 0.1 * Math.sin(block * 7 + index);
        return fakeTrial(cell, block, { scale: cell.clients === 10 ? noise : 1 + index });
      }),
    );
    const text = lines(fakeResult(fakePlan(swept, 8), trials));
    assertFits(text);
    const from = text.findIndex((line) => /^Verdicts \(6\d more in the report\):$/.test(line));
    assert.ok(from > 0, text.join('\n'));
    // the first question at the first load cannot be told
    assert.match(
      text[from + 1]!,
      /^ {2}At 10 clients, 10 ticks\/s, 128 B, on one machine: mean age is equivalent within 2 % with/,
    );
    assert.doesNotMatch(text.join('\n'), /cannot tell/);
    assert.match(text.slice(from).join('\n'), /\.\n\nReport/);
  });

  it('tells the steps of a tick of servers that were published to, in one line, of as many as it holds', () => {
    const published = (transport: string, count: number) => {
      const cell = fakeCell({ transport });
      const trials = Array.from({ length: count }, (_, block) =>
        fakeTrial(cell, block, { publish: publishedBy('http') }),
      );
      return trials.map((trial) => ({
        ...trial,
        firstReceiptUs: distributionOf([700]),
        lastReceiptUs: distributionOf([2000]),
      }));
    };
    const cells = ['sse', 'go:sse', 'nchan:sse', 'rust:sse'].map((transport) => fakeCell({ transport }));
    const trials = [...published('go:sse', 2), fakeTrial(cells[0]!, 0)];
    const told = (more: typeof trials, width = 100) =>
      lines(fakeResult(fakePlan(cells, 2), [...trials, ...more]), width).filter((line) => line.startsWith('p50 ms'));
    assert.deepEqual(told([]), ['p50 ms since due: go:sse sent 0.400, taken 1.00, clients 0.700-2.00']);
    assert.deepEqual(told([...published('nchan:sse', 1), ...published('rust:sse', 1)]), [
      'p50 ms since due: go:sse sent 0.400, taken 1.00, clients 0.700-2.00; 2 more',
    ]);
    assert.deepEqual(told([], 40), [], 'no half a line');
    for (const width of [40, 80, 100]) assertFits(lines(fakeResult(fakePlan(cells, 2), trials), width));
  });

  it('cuts a label to what its line leaves, and breaks the line where little of it would be left', () => {
    const label = 'default settings, two cloud cores, after the fix';
    const heads = (width: number, text = label) =>
      lines({ ...defaultResult(), run: { ...defaultResult().run, label: text } }, width).slice(0, 2);
    assert.deepEqual(heads(100), [
      'run 2026-01-31T12-00-00 · "default settings, two cloud cores, after the fix" · complete',
      '32 trials: 32 valid · 03:12',
    ]);
    assert.equal(heads(80)[0], 'run 2026-01-31T12-00-00 · "default settings, two cloud cores, after…" · complete');
    assert.equal(
      heads(100, 'first try')[0],
      'run 2026-01-31T12-00-00 · "first try" · complete · 32 trials: 32 valid · 03:12',
    );
    assert.deepEqual(heads(40), ['run 2026-01-31T12-00-00 · complete', '32 trials: 32 valid · 03:12']);
  });

  it('says in one line why there are no verdicts', () => {
    const trials = FOUR.map((cell) => fakeTrial(cell, 0));
    const text = lines(fakeResult(fakePlan(FOUR), trials));
    assert.ok(text.includes('No verdicts: 1 block was run, and a verdict needs 6.'), text.join('\n'));
  });

  it('keeps room for verdicts and warnings both', () => {
    const result = defaultResult();
    for (const [index, trial] of result.trials.entries()) {
      trial.validity = invalidBecause(`code-${index}`, 'long words '.repeat(40), 'caution');
    }
    for (const width of [40, 60, 100]) {
      const text = lines(result, width);
      assertFits(text);
      const all = text.join('\n');
      assert.match(
        all,
        /Verdicts at [\s\S]*lowest with[\s\S]*\.\ncaution: code-0 in 1 trial[\s\S]*\nand \d+ kinds more: code-1 in/,
      );
    }
  });

  it('shows warnings after the figures, invalid ones first, each kind once with where and how often', () => {
    const result = defaultResult();
    const cause = invalidBecause('feed-late', 'The feed was late.', 'caution');
    for (const index of [0, 1, 9]) result.trials[index]!.validity = cause;
    result.trials[20]!.validity = invalidBecause('missed', 'Ticks were missed: use fewer clients.');
    const text = lines(result);
    assertFits(text);
    assert.equal(text[0], 'run 2026-01-31T12-00-00 · complete · 32 trials: 28 valid, 3 caution, 1 invalid · 03:12');
    const from = text.indexOf('invalid: missed in 1 trial (sse): Ticks were missed: use fewer clients.');
    assert.ok(from > 6, text.join('\n'));
    assert.equal(text[from + 1], 'caution: feed-late in 3 trials (polling, long-polling): The feed was late.');
  });

  it('keeps within its lines and columns with many cells, many warnings and hostile texts', () => {
    const cells = Array.from({ length: 60 }, (_, i) =>
      fakeCell({ clients: (i + 1) * 1000, transport: `t${'x'.repeat(60)}` }),
    );
    const trials = cells.map((cell, i) =>
      fakeTrial(cell, 0, { validity: invalidBecause(`code-${i}`, `\u001B[2J${'long words '.repeat(40)}`) }),
    );
    const text = lines(fakeResult(fakePlan(cells), trials, { label: `\u001B[31m${'l'.repeat(200)}` }));
    assertFits(text);
    assert.ok(!text.join('').includes('\u001B'));
    assert.ok(text.some((line) => /^… \d+ more cells stand in the report$/.test(line)));
    const count = (pattern: RegExp) => Number(pattern.exec(text.join('\n'))?.[1]);
    const shownCells = text.filter((line) => line.startsWith('txxx')).length;
    assert.equal(shownCells + count(/… (\d+) more cells/), 60);
    const shownKinds = text.filter((line) => line.startsWith('invalid:')).length;
    assert.equal(shownKinds + count(/\nand (\d+) kinds more: code-/), 60);
  });

  it('sums what was missed instead of hiding it behind a median', () => {
    const result = defaultResult();
    result.trials[3]!.ledger.missed = 1234;
    assert.match(lines(result)[2]!, /^polling .* 1,234$/);
  });

  it('says of an interrupted run how much of it there is', () => {
    const result = fakeResult(fakePlan(FOUR, 8), [fakeTrial(FOUR[2]!, 0)], { status: 'interrupted' });
    const text = lines(result);
    assert.match(text[0]!, /· interrupted · 1 of 32 trials: 1 valid ·/);
    assert.equal(text.filter((line) => /^(sse|polling|websocket)/.test(line)).length, 1);
    assert.match(lines(fakeResult(fakePlan(FOUR), [])).join('\n'), /no trial was finished/);
  });

  it('shows a dash where a transport delivered nothing', () => {
    const trial = fakeTrial(FOUR[2]!, 0);
    trial.latencyUs.count = 0;
    trial.server.cpuPerDeliveryUs = null;
    assert.match(lines(fakeResult(fakePlan(FOUR), [trial]))[2]!, /^sse +- +- /);
  });
});

describe('the summary of a run of several servers', () => {
  const servers = ['builtin', 'bun', 'deno', 'go', 'java', 'node', 'python', 'rust'];
  const cells = ['sse', 'websocket', 'stream'].flatMap((transport) =>
    servers.map((server) => fakeCell({ transport: server === 'builtin' ? transport : `${server}:${transport}` })),
  );
  const result = (blocks: number, baseline?: string) => {
    const plan = fakePlan([...cells, fakeCell({ transport: 'polling' })], blocks);
    if (baseline !== undefined) plan.settings.baseline = baseline;
    const trials = plan.cells.flatMap((cell, at) =>
      Array.from({ length: blocks }, (_, block) => fakeTrial(cell, block, { scale: 1 + at / 8 + block / 50 })),
    );
    return fakeResult(plan, trials);
  };

  it('has a line for each entrant, by transport, and fits 80 columns', () => {
    const text = lines(result(1), 80);
    const from = text.indexOf('sse');
    assert.deepEqual(
      text.slice(from + 1, from + 9).map((line) => line.trim().split(' ')[0]),
      servers,
    );
    assert.deepEqual([text[from + 9], text[from + 18]], ['websocket', 'stream']);
    assert.match(text[from + 27]!, /^polling +8\.00 /);
    assert.ok(
      text.every((line) => line.length <= 80),
      text.join('\n'),
    );
  });

  it('says all the verdicts on questions', () => {
    const text = lines(result(14), 80).join('\n');
    for (const figure of ['p99 ', 'server CPU per delivery ', 'mean age '])
      assert.ok(text.includes(`\n  ${figure}`), text);
    const against = lines(result(10, 'builtin'), 80);
    assert.ok(
      against.some((line) => line.startsWith('  p99 against the same transport of builtin: higher with bun:sse')),
      against.join('\n'),
    );
  });

  it('of a warning that concerns many says how many', () => {
    const many = result(1);
    for (const trial of many.trials) trial.validity = invalidBecause('feed-late', 'The feed was late.', 'caution');
    assert.ok(lines(many, 80).some((line) => line.startsWith('caution: feed-late in 25 trials (25 entrants): ')));
  });
});

describe('the outcome of a run', () => {
  const cell = fakeCell();
  const bad = invalidBecause('x', 'm');

  it('is not valid when a trial stays invalid, and done when its repetition is sound', () => {
    const plan = fakePlan([cell]);
    const failed = fakeTrial(cell, 0, { validity: bad });
    const repeated = fakeTrial(cell, 0, { attempt: 2 });
    assert.equal(runOutcome(fakeResult(plan, [failed])), 'invalid');
    assert.equal(runOutcome(fakeResult(plan, [failed, repeated])), 'done');
    assert.equal(runOutcome(fakeResult(plan, [failed, { ...repeated, validity: bad }])), 'invalid');
    assert.equal(runOutcome(fakeResult(plan, [failed, { ...repeated, block: 1 }])), 'invalid');
    assert.deepEqual(standingTrials([failed, repeated]), [repeated]);
    assert.deepEqual(warningsOf(fakeResult(plan, [failed, repeated])), []);
  });

  it('is done with trials that only call for caution', () => {
    const trial = fakeTrial(cell, 0, { validity: invalidBecause('x', 'm', 'caution') });
    assert.equal(runOutcome(fakeResult(fakePlan([cell]), [trial])), 'done');
  });
});

describe('the plan in words', () => {
  it('names cells, trials, needs, place and time', () => {
    const plan = fakePlan([...FOUR, fakeCell({ clients: 10_000, rateHz: 0.5 })], 8);
    const needs = { clients: 10_000, agents: 2, serverWorkers: 1, port: 0, directory: '/r/x' };
    const text = planLines(plan, { trials: 40, ms: 200_000 }, needs, 'results/x', 100).join('\n');
    for (const part of [
      'Would run 40 trials in about 03:20: 8 blocks of 5 cells\n',
      '--seed 7 repeats it',
      /sse +10,000 +0\.500\/s +128 B/,
      /polling +1,000 +10\/s +128 B +1s/,
      '10,064 open files for each server process, 5,064 for each agent',
      /Writes to +results\/x\n/,
      'Nothing was started; without --dry-run it would be.',
      /Compares +4 entrants, 6 pairs: a difference can be seen with 8 blocks or more/,
    ]) {
      assert.ok(typeof part === 'string' ? text.includes(part) : part.test(text), `${part} is not in\n${text}`);
    }
  });

  it('says when its blocks can declare nothing, and what would take fewer', () => {
    const cells = ['', 'go:', 'rust:', 'java:'].flatMap((server) =>
      ['sse', 'websocket'].map((transport) => fakeCell({ transport: `${server}${transport}` })),
    );
    assert.equal(
      tooFewBlocksText(fakePlan(cells, 8)),
      '8 entrants, 28 pairs: 8 blocks can declare no difference, however large; it takes at least 11, or 8 with --baseline builtin',
    );
    assert.equal(tooFewBlocksText(fakePlan(cells, 11)), null);
    assert.equal(tooFewBlocksText(fakePlan(cells, 1)), null, 'a single block is a look');
    assert.equal(tooFewBlocksText(fakePlan(FOUR.slice(0, 1), 2)), null);
  });

  it('fits a narrow terminal, with what all cells share below their table', () => {
    const needs = { clients: 1000, agents: 1, serverWorkers: 1, port: 0, directory: '/r/x' };
    const lines = planLines(fakePlan(FOUR, 8), { trials: 32, ms: 200_000 }, needs, 'results/x', 40);
    assert.ok(
      lines.slice(0, -1).every((line) => line.length <= 40),
      lines.join('\n'),
    );
    assert.match(
      lines.join(' '),
      /all with clients 1,000, ticks 10\/s,\s+payload 128 B, driver lean, fan-out\s+prepared/,
    );
  });
});
