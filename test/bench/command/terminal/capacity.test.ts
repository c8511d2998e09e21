import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { judgedStep } from '../../../../bench/run/capacity/compose.ts';
import type { CapacityEvent } from '../../../../bench/run/capacity/search-loop.ts';
import type { CapacityAnswer, CapacityResult } from '../../../../bench/result/capacity-schema.ts';
import type { RunEvent } from '../../../../bench/run/run-event.ts';
import { openCapacityProgress } from '../../../../bench/command/terminal/capacity-progress.ts';
import { capacityLines } from '../../../../bench/command/terminal/capacity.ts';
import { painter } from '../../../../bench/command/terminal/style.ts';
import { fixtureResult } from '../../../helpers/result-fixture.ts';
import { fakeTrial, searchPlan } from '../../run/capacity/fake-steps.ts';
import { progressEvent, recordedOutput } from './fake-run.ts';

const NO_COLOR = painter(false);
const HOSTILE = 'x\u001B[2J\r\u202Ey';

const PLACE = { transport: 'sse', number: 7, stage: 'bisect', level: 9050, low: 6400, high: 12_800 } as const;

function stepOf(reasons: readonly string[] = []) {
  const trial = fakeTrial({ p99Us: 61_200, reasons, cell: { clients: 9050 } });
  return judgedStep(searchPlan(), { transport: 'sse', stage: 'bisect', level: 9050, trial });
}

const ANSWER: CapacityAnswer = {
  transport: 'sse',
  outcome: 'found',
  estimate: 11_200,
  low: 10_700,
  high: 11_600,
  confidence: 0.95,
  method: 'figures',
  confirmations: 8,
  serverOnly: 11_400,
  codes: [],
  sentence: 'SSE holds 11,200 clients (95 % interval 10,700 to 11,600); beyond it p99<100ms is broken.',
};

function show(kind: Parameters<typeof openCapacityProgress>[0], events: readonly CapacityEvent[], columns = 200) {
  const { output, text } = recordedOutput({ columns });
  const progress = openCapacityProgress(kind, output, NO_COLOR);
  for (const event of events) progress.handle(event);
  progress.stop();
  return text();
}

describe('the progress of a search', () => {
  const figures = progressEvent() as Extract<RunEvent, { type: 'trial-progress' }>;
  const EVENTS: CapacityEvent[] = [
    { type: 'step-start', ...PLACE },
    { ...figures, ...PLACE, type: 'step-progress' },
    { type: 'step-end', ...PLACE, step: stepOf() },
    { type: 'answer', answer: ANSWER },
  ];

  it('shows the bracket as it narrows, a line a step for logs', () => {
    assert.equal(
      show('plain', EVENTS),
      `sse step 7, bisect: 9,050 · 6,400 hold, 12,800 do not · holds · p99 61.2 ms\n${ANSWER.sentence}\n`,
    );
    const failed: CapacityEvent = { type: 'step-end', ...PLACE, low: null, step: stepOf(['AGENT_SATURATED']) };
    assert.match(show('plain', [failed]), /9,050 · 12,800 do not · does not hold \(generator, AGENT_SATURATED\)/);
  });

  it('redraws one line that fits the terminal, and leaves finished steps above it', () => {
    const text = show('live', EVENTS, 60);
    const drawn = text.split('\u001B[2K').map((part) => part.replace(/\r$/, ''));
    assert.ok(drawn.some((line) => line.startsWith('sse step 7, bisect: 9,050 · 6,400 hold') && line.endsWith('…')));
    for (const line of drawn.filter((part) => !part.includes('\n'))) assert.ok(line.length < 60, line);
    assert.ok(text.endsWith(`${ANSWER.sentence}\n`));
  });

  it('is a JSON document an event for programs, without histograms', () => {
    const lines = show('json', EVENTS)
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string });
    assert.deepEqual(
      lines.map(({ type }) => type),
      EVENTS.map(({ type }) => type),
    );
    assert.doesNotMatch(show('json', EVENTS), /"hdr"/);
    assert.equal(show('off', EVENTS), '');
  });

  it('lets nothing act on the terminal', () => {
    const hostile: CapacityEvent[] = [
      { type: 'search-start', id: HOSTILE, directory: HOSTILE, search: searchPlan() },
      { type: 'step-end', ...PLACE, transport: HOSTILE, step: stepOf([HOSTILE]) },
      { type: 'answer', answer: { ...ANSWER, sentence: HOSTILE } },
    ];
    // oxlint-disable-next-line no-control-regex -- finding them is what it is for
    assert.doesNotMatch(show('plain', hostile), /[\u001B\r\u202E]/);
  });
});

describe('the end of a search', () => {
  const { environment, run, transports } = fixtureResult({ transports: ['sse'], blocks: 1 });
  const result: CapacityResult = {
    schemaVersion: 1,
    kind: 'capacity',
    run,
    search: searchPlan(),
    environment,
    transports: transports.filter(({ id }) => id === 'sse'),
    steps: [stepOf()],
    answers: [ANSWER],
  };
  const lines = (overrides: Partial<CapacityResult> = {}) =>
    capacityLines(
      { ...result, ...overrides },
      { capacity: 'c.json', report: 'r.html', next: 'again' },
      100,
      NO_COLOR,
    ).join('\n');

  it('is a line a transport, its sentence, the file and the next command', () => {
    const text = lines();
    assert.match(text, /^Capacity: p99<100ms · 1\.00 ticks\/s, 128 B · 1 step in 03:32/);
    assert.match(text, /SSE +11,200 +10,700 to 11,600 +SLO broken beyond +61\.2 ms +10 %/);
    assert.ok(text.includes(ANSWER.sentence));
    assert.match(text, /Result: +c\.json\nReport: +r\.html\nNext: +again$/);
  });

  it('says when nothing is known, or not all', () => {
    assert.match(lines({ answers: [], steps: [] }), /no step was finished/);
    const below: CapacityAnswer = {
      ...ANSWER,
      outcome: 'below',
      estimate: null,
      low: null,
      high: 100,
      confidence: null,
    };
    assert.match(lines({ answers: [below] }), /SSE +below 100 +- +broken at the smallest load/);
    assert.match(lines({ run: { ...run, status: 'interrupted' } }), /interrupted/);
  });
});
