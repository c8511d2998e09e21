// Entry of a load agent: a process of its own that opens clients, receives ticks and records them. It obeys the messages
// of bench/agent/messages.ts and ends when its controller does. It must never load Fastify: that would distort the CPU
// and memory that are measured here.
import { nowUs } from '../../server/clock.ts';
import { dueUs, firstDueFrom, type Schedule } from '../../server/feed/schedule.ts';
import { Probe, type ProcessSample } from '../../server/probe.ts';
import { leaveTerminalToController } from '../../server/stop-signals.ts';
import {
  PROGRESS_HZ,
  SETTLE_NOTICE_MS,
  type AgentDriver,
  type Assignment,
  type FromAgent,
  type Place,
  type ToAgent,
} from './messages.ts';
import type { TransportId } from '../../server/transports/traits.ts';
import type { CreateDriver } from './contract.ts';
import { CLIENT_TRANSPORTS } from './index.ts';
import { Cohort } from './cohort.ts';
import { takePrecedence } from './precedence.ts';

const probe = new Probe();
let cohort: Cohort | undefined;
let schedule: Schedule;
let baseline: ProcessSample;
let measureStart: ProcessSample;
let measureEnd: ProcessSample;
let progressTimer: NodeJS.Timeout | undefined;
/** What happens around the window that was told last. */
let planned: NodeJS.Timeout[] = [];
/** A control records nothing that could still be to come. */
let records = true;
let isComplete = false;
let place: Place;

process.on('message', (message: ToAgent) => {
  void handle(message).catch((error: Error) =>
    send({ type: 'failed', code: 'AGENT', message: error.stack ?? error.message }),
  );
});
// Whoever is left alone has nobody to report to, and what a library still has under way must not keep it.
process.once('disconnect', () => {
  stop();
  process.exit();
});
leaveTerminalToController();

async function handle(message: ToAgent): Promise<void> {
  switch (message.type) {
    case 'assign':
      return assign(message.assignment);
    case 'open':
      cohort!.open(message.startUs, () => {
        progress(); // what is known of an agent that is lost is what it said last
        send({ type: 'opened' });
      });
      tellProgress();
      return undefined;
    case 'measure':
      return measure(message);
    case 'finish':
      return finish();
    case 'stop':
      return stop();
  }
}

async function assign(assignment: Assignment): Promise<void> {
  const createDriver = await driverOf(assignment.transport, assignment.driver);
  cohort = new Cohort(assignment, createDriver);
  schedule = assignment.schedule;
  place = takePrecedence(assignment.precedence);
  records = assignment.driver !== 'control';
  baseline = probe.sample({ collect: true });
  send({ type: 'ready', pid: process.pid });
}

async function driverOf(transport: TransportId, driver: AgentDriver): Promise<CreateDriver> {
  if (driver === 'control') return (await import('./control.ts')).controlDriver(transport);
  return driver === 'lean' ? CLIENT_TRANSPORTS[transport].lean : CLIENT_TRANSPORTS[transport].library();
}

function measure({ window, warmUp }: Extract<ToAgent, { type: 'measure' }>): void {
  if (planned.length === 0) cohort!.begin();
  for (const timer of planned) clearTimeout(timer);
  cohort!.recorder.measure(window, warmUp ?? undefined);
  planned = [
    at(window.startUs, () => {
      measureStart = probe.sample();
      cohort!.beginMeasure();
    }),
    at(window.endUs, () => {
      measureEnd = probe.sample();
      cohort!.endMeasure();
    }),
  ];
  if (warmUp) planned.push(at(window.startUs - SETTLE_NOTICE_MS * 1000, progress));
}

/** Again and again, halfway between two ticks: what a report takes of this process would be in the latency of a tick beside it. */
function tellProgress(): void {
  const { rateHz } = schedule;
  const earliestUs = nowUs() + 1e6 / PROGRESS_HZ;
  const nextUs = rateHz < PROGRESS_HZ ? earliestUs : dueUs(schedule, firstDueFrom(schedule, earliestUs)) - 5e5 / rateHz;
  progressTimer = at(nextUs, () => {
    progress();
    tellProgress();
  });
}

function progress(): void {
  send({ type: 'progress', progress: cohort!.progress() });
  if (isComplete || measureEnd === undefined) return;
  if (records && !cohort!.recorder.isComplete(cohort!.connected)) return;
  isComplete = true;
  send({ type: 'complete' });
}

function finish(): void {
  clearTimeout(progressTimer);
  cohort!.giveUpOpening();
  cohort!.progress();
  measureEnd ??= probe.sample();
  measureStart ??= measureEnd;
  send({
    type: 'report',
    report: {
      ...cohort!.report(),
      ...place,
      baseline,
      measureStart,
      measureEnd,
      held: probe.sample({ collect: true }),
    },
  });
}

function stop(): void {
  clearTimeout(progressTimer);
  cohort?.stop();
  probe.stop();
  if (process.connected) process.disconnect?.();
}

function at(timeUs: number, act: () => void): NodeJS.Timeout {
  return setTimeout(act, Math.max(0, Math.ceil((timeUs - nowUs()) / 1000)));
}

function send(message: FromAgent): void {
  process.send?.(message);
}
