import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { liveLines, liveProgress, type LiveClock } from '../../../../bench/command/terminal/live.ts';
import {
  eventLine,
  jsonProgress,
  openProgress,
  plainProgress,
  progressKind,
} from '../../../../bench/command/terminal/progress.ts';
import { painter } from '../../../../bench/command/terminal/style.ts';
import type { RunEvent } from '../../../../bench/run/run-event.ts';
import {
  defaultResult,
  fakeCell,
  fakeTrial,
  invalidBecause,
  position,
  progressEvent,
  recordedOutput,
  startEvent,
} from './fake-run.ts';

const NO_COLOR = painter(false);
const HOSTILE = 'x\u001B[2J\r\u202Ey';

function trialEnd(overrides: Parameters<typeof fakeTrial>[2] = {}): RunEvent {
  return { type: 'trial-end', etaMs: 60_000, ...position(), trial: fakeTrial(fakeCell(), 2, overrides) };
}

/** Time that passes only when told to. */
function fakeClock() {
  let now = 0;
  let call: (() => void) | null = null;
  const clock: LiveClock = {
    nowMs: () => now,
    every: (_ms, each) => {
      call = each;
      return () => {
        call = null;
      };
    },
  };
  return {
    clock,
    pass: (ms: number) => {
      now += ms;
      call?.();
    },
    isRunning: () => call !== null,
  };
}

function openLive(t: TestContext, columns = 200) {
  const { output, written } = recordedOutput({ isTTY: true, columns });
  const time = fakeClock();
  const progress = liveProgress(output, NO_COLOR, time.clock);
  t.after(progress.stop);
  return { progress, written, ...time };
}

describe('the live line', () => {
  const stateOf = (event: RunEvent) => {
    assert.ok(event.type === 'trial-progress');
    return { position: event, etaMs: event.etaMs, progress: event };
  };

  it('says where the run stands and what it finds', () => {
    assert.deepEqual(liveLines(stateOf(progressEvent()), new Set(), 0, 200), [
      '[12/32 trials] sse · 1000/1000 clients · measure 00:02/00:03 · ETA 01:48 | p50 1.23 ms p99 4.56 ms | 10,000 delivered/s | missed 0 | server CPU 0.42 cores | agent load 37 %',
    ]);
  });

  it('takes a second line where one is too narrow, in fewer words where that saves a third', () => {
    assert.deepEqual(liveLines(stateOf(progressEvent()), new Set(), 0, 100), [
      '[12/32 trials] sse · 1000/1000 clients · measure 00:02/00:03 · ETA 01:48',
      'p50 1.23 ms p99 4.56 ms | 10,000 delivered/s | missed 0 | server CPU 0.42 cores | agent load 37 %',
    ]);
    assert.deepEqual(liveLines(stateOf(progressEvent()), new Set(), 0, 78), [
      '[12/32 trials] sse · 1000/1000 clients · measure 00:02/00:03 · ETA 01:48',
      'p50 1.23 ms p99 4.56 ms | 10,000/s | missed 0 | server CPU 0.42 | agents 37 %',
    ]);
  });

  it('breaks between figures on a narrow terminal, loses none, and never exceeds the width', () => {
    assert.deepEqual(liveLines(stateOf(progressEvent()), new Set(), 0, 38), [
      '[12/32 trials] sse · 1000/1000 clients',
      'measure 00:02/00:03 · ETA 01:48',
      'p50 1.23 ms p99 4.56 ms | 10,000/s',
      'missed 0 | server CPU 0.42',
      'agents 37 %',
    ]);
    for (const width of [5, 20, 40, 79]) {
      for (const line of liveLines(stateOf(progressEvent()), new Set(), 0, width)) assert.ok(line.length <= width);
    }
  });

  it('names what varies between the cells, and repeated attempts', () => {
    const cell = fakeCell({ transport: 'polling', clients: 5000 });
    const event = progressEvent({ cell, attempt: 2 });
    const [line] = liveLines(stateOf(event), new Set(['clients', 'pollIntervalMs'] as const), 0, 250);
    assert.match(line!, /^\[12\/32 trials, attempt 2\] polling 5,000 clients every 1\.00 s · /);
  });

  it('lets the clocks go on between two reports, but not past the phase', () => {
    const [line] = liveLines(stateOf(progressEvent({ phaseMs: 0 })), new Set(), 2000, 200);
    assert.match(line!, /measure 00:02\/00:03 · ETA 01:46/);
    assert.match(liveLines(stateOf(progressEvent()), new Set(), 60_000, 200)[0]!, /measure 00:03\/00:03/);
  });

  it('shows a dash for figures that are not known yet', () => {
    const nothing = { p50Us: null, p99Us: null, serverCores: null, agentUtilisation: null };
    const [line] = liveLines(stateOf(progressEvent({ ...nothing, phase: 'warmup' })), new Set(), 0, 200);
    assert.match(line!, /p50 - p99 - \| - delivered\/s \| missed - \| server CPU - cores \| agent load -$/);
  });

  it('redraws at most ten times a second', (t) => {
    const { progress, written, pass } = openLive(t);
    progress.handle(startEvent());
    const before = written.length;
    for (let i = 0; i < 1000; i++) {
      progress.handle(progressEvent({ delivered: i }));
      pass(1);
    }
    assert.ok(written.length - before <= 11, `${written.length - before} redraws in a second`);
    assert.ok(written.length - before >= 9);
  });

  it('goes on when there are no events', (t) => {
    const { progress, written, pass } = openLive(t);
    progress.handle(progressEvent());
    const before = written.length;
    pass(500);
    assert.match(written.slice(before).join(''), /ETA 01:48|ETA 01:47/);
  });

  it('replaces what it drew, whatever its height', (t) => {
    const { progress, written, pass } = openLive(t, 100);
    progress.handle(progressEvent());
    pass(200);
    progress.handle(progressEvent());
    assert.ok(written.at(-1)!.startsWith('\r\u001B[1A\u001B[J'), JSON.stringify(written.at(-1)));
  });

  it('replaces what it drew also where the window has become narrower and the terminal broke the lines', (t) => {
    const { output, written } = recordedOutput({ isTTY: true, columns: 100 });
    let columns = 100;
    const time = fakeClock();
    const progress = liveProgress({ ...output, get columns() { return columns; } }, NO_COLOR, time.clock); // prettier-ignore
    t.after(progress.stop);
    progress.handle(progressEvent());
    const [first = '', second = ''] = written.at(-1)!.split('\n');
    assert.deepEqual([first.length > 50, second.length > 50, first.length <= 100], [true, true, true]);
    columns = 50;
    time.pass(200);
    progress.handle(progressEvent());
    assert.ok(written.at(-1)!.startsWith('\r\u001B[3A\u001B[J'), 'two lines had become four');
    for (const line of written.at(-1)!.slice('\r\u001B[3A\u001B[J'.length).split('\n')) assert.ok(line.length <= 48);
  });

  it('takes a terminal that does not know its size for one of 80 columns', (t) => {
    const { progress, written } = openLive(t, 0);
    progress.handle(progressEvent());
    assert.match(written.at(-1)!, /^\[12\/32 trials\].* ETA 01:48\np50 .* agents 37 %$/);
  });

  it('begins with what will run and how to end it', (t) => {
    const { progress, written } = openLive(t);
    progress.handle(startEvent());
    assert.equal(
      written.at(-1),
      '32 trials of 4 cells, about 03:10; 4 entrants, 6 pairs: a difference can be seen with 8 blocks or more. Ctrl-C ends it early and keeps what was measured.\n',
    );
  });

  it('leaves trials that do not count above, with the reason made harmless', (t) => {
    const { progress, written } = openLive(t);
    progress.handle(progressEvent());
    progress.handle(trialEnd({ validity: invalidBecause('missed-ticks', HOSTILE) }));
    const text = written.join('');
    assert.match(text, /\[12\/32 trials\] sse · .* · invalid: missed-ticks\n/);
    assert.ok(text.includes(String.raw`missed-ticks: x\u001b[2J\u000d\u202ey`));
  });

  it('explains each reason once, and does not repeat cautions', (t) => {
    const { progress, written } = openLive(t, 60);
    const caution = invalidBecause(
      'slow',
      'Something was slow. Close other programs, or use fewer clients.',
      'caution',
    );
    const invalid = invalidBecause('lost', 'Something was lost.');
    for (const validity of [caution, caution, invalid, invalid]) progress.handle(trialEnd({ validity }));
    const lines = written.join('').replaceAll('\r', '').trimEnd().split('\n');
    const count = (part: string) => lines.filter((line) => line.includes(part)).length;
    assert.deepEqual(
      ['caution: slow', 'slow: Something', 'invalid: lost', 'lost: Something'].map(count),
      [1, 1, 2, 1],
      lines.join('\n'),
    );
    for (const line of lines) assert.ok(line.length <= 60, line);
  });

  it('hides the cursor and gives it back once, by whatever way it ends', (t) => {
    const count = (texts: string[], part: string) => texts.join('').split(part).length - 1;
    for (const end of ['run-end', 'stop'] as const) {
      const { progress, written, isRunning } = openLive(t);
      const listeners = process.listenerCount('exit');
      progress.handle(progressEvent());
      assert.equal(count(written, '\u001B[?25l'), 1);
      if (end === 'run-end') progress.handle({ type: 'run-end', directory: '/r', result: defaultResult() });
      progress.stop();
      progress.stop();
      progress.handle(progressEvent());
      assert.equal(count(written, '\u001B[?25h'), 1);
      assert.ok(written.at(-1)!.endsWith('\u001B[?25h'));
      assert.equal(isRunning(), false);
      assert.equal(process.listenerCount('exit'), listeners - 1);
    }
  });

  it('writes nothing at all where nothing happened', (t) => {
    const { progress, written } = openLive(t);
    progress.stop();
    assert.deepEqual(written, []);
  });
});

describe('plain lines', () => {
  it('are one a trial and one every ten seconds, without carriage returns and escapes', () => {
    const { output, written } = recordedOutput();
    let now = 0;
    const progress = plainProgress(output, () => now);
    progress.handle(startEvent());
    progress.handle({ type: 'trial-start', etaMs: 1, ...position() });
    for (now = 0; now <= 25_000; now += 250) progress.handle(progressEvent());
    progress.handle(trialEnd());
    for (const _ of [1, 2]) progress.handle(trialEnd({ validity: invalidBecause('missed-ticks', HOSTILE) }));
    const lines = written.join('').trimEnd().split('\n');
    assert.deepEqual(lines, [
      'run r1: 32 trials, about 03:10, into /tmp/r1; 4 entrants, 6 pairs: a difference can be seen with 8 blocks or more',
      ...Array(2).fill(
        '[12/32 trials] sse · 1000/1000 clients · measure 00:02/00:03 · ETA 01:48 | p50 1.23 ms p99 4.56 ms | 10,000 delivered/s | missed 0 | server CPU 0.42 cores | agent load 37 %',
      ),
      '[12/32 trials] sse · 1000/1000 clients · 30,000 delivered · 0 missed · p50 2.00 ms p99 5.00 ms · CPU 6.67 us per delivery · valid · ETA 01:00',
      '[12/32 trials] sse · 1000/1000 clients · 30,000 delivered · 0 missed · p50 2.00 ms p99 5.00 ms · CPU 6.67 us per delivery · invalid: missed-ticks · ETA 01:00',
      String.raw`  missed-ticks: x\u001b[2J\u000d\u202ey`,
      '[12/32 trials] sse · 1000/1000 clients · 30,000 delivered · 0 missed · p50 2.00 ms p99 5.00 ms · CPU 6.67 us per delivery · invalid: missed-ticks · ETA 01:00',
    ]);
  });
});

describe('JSON lines', () => {
  it('are one document an event, without histograms and series', () => {
    const { output, text } = recordedOutput();
    const progress = jsonProgress(output, eventLine);
    const result = defaultResult();
    for (const event of [
      startEvent(),
      progressEvent(),
      trialEnd(),
      { type: 'run-end', directory: '/r', result } as const,
    ]) {
      progress.handle(event);
    }
    const events = text()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    assert.deepEqual(
      events.map((event) => event['type']),
      ['run-start', 'trial-progress', 'trial-end', 'run-end'],
    );
    assert.ok(!text().includes('SECRET-HISTOGRAM'));
    assert.ok(!text().includes('timeline'));
    assert.deepEqual(events.at(-1), {
      type: 'run-end',
      directory: '/r',
      id: '2026-01-31T12-00-00',
      status: 'complete',
      trials: 32,
      invalid: 0,
    });
  });

  it('stay one line whatever an error message says', () => {
    const line = eventLine(trialEnd({ validity: invalidBecause('x', 'a\nb\r\u001B[2J') }));
    // oxlint-disable-next-line no-control-regex -- their absence is the point
    assert.doesNotMatch(line, /[\u0000-\u001F]/);
  });
});

describe('the kind of display', () => {
  it('is live in a terminal that can move its cursor, else plain, unless one is asked for', () => {
    assert.equal(progressKind('auto', {}, true), 'live');
    assert.equal(progressKind('auto', { TERM: 'dumb' }, true), 'plain');
    assert.equal(progressKind('auto', {}, false), 'plain');
    assert.equal(progressKind('live', { TERM: 'dumb' }, false), 'live');
    assert.equal(progressKind('off', {}, true), 'off');
  });

  it('opens each kind, and off writes nothing', async () => {
    for (const kind of ['live', 'plain', 'json', 'off'] as const) {
      const { output, written } = recordedOutput();
      const progress = openProgress(kind, output, NO_COLOR);
      progress.handle(startEvent());
      progress.stop();
      assert.equal(written.length > 0, kind !== 'off', kind);
    }
  });
});
