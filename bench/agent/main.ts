// Entry of a load agent: a process of its own that opens clients, receives ticks and records them. It obeys the messages
// of bench/agent/messages.ts and ends when its controller does. It must never load Fastify: that would distort the CPU
// and memory that are measured here.
import { nowUs } from '../../server/clock.ts';
import { Probe, type ProcessSample } from '../../server/probe.ts';
import { leaveTerminalToController } from '../../server/stop-signals.ts';
import type { MeasuredWindow } from './measure/recorder.ts';
import { PROGRESS_HZ, type AgentDriver, type Assignment, type FromAgent, type ToAgent } from './messages.ts';
import type { TransportId } from '../../server/transports/traits.ts';
import type { CreateDriver } from './contract.ts';
import { CLIENT_TRANSPORTS } from './index.ts';
import { isTransportId } from '../../server/transports/traits.ts';
import { Cohort } from './cohort.ts';

const probe = new Probe();
let cohort: Cohort | undefined;
let baseline: ProcessSample;
let measureStart: ProcessSample;
let measureEnd: ProcessSample;
let progressTimer: NodeJS.Timeout | undefined;
/** A control records nothing that could still be to come. */
let records = true;
let isComplete = false;

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
      progressTimer = setInterval(progress, 1000 / PROGRESS_HZ);
      return undefined;
    case 'measure':
      return measure(message.window);
    case 'finish':
      return finish();
    case 'stop':
      return stop();
  }
}

async function assign(assignment: Assignment): Promise<void> {
  if (!isTransportId(assignment.transport)) throw new Error(`no such transport: ${assignment.transport}`);
  const createDriver = await driverOf(assignment.transport, assignment.driver);
  cohort = new Cohort(assignment, createDriver);
  records = assignment.driver !== 'control';
  baseline = probe.sample({ collect: true });
  send({ type: 'ready', pid: process.pid });
}

async function driverOf(transport: TransportId, driver: AgentDriver): Promise<CreateDriver> {
  if (driver === 'control') return (await import('./control.ts')).controlDriver(transport);
  return driver === 'lean' ? CLIENT_TRANSPORTS[transport].lean : CLIENT_TRANSPORTS[transport].library();
}

function measure(window: MeasuredWindow): void {
  cohort!.begin(window);
  at(window.startUs, () => {
    measureStart = probe.sample();
    cohort!.beginMeasure();
  });
  at(window.endUs, () => (measureEnd = probe.sample()));
}

function progress(): void {
  send({ type: 'progress', progress: cohort!.progress() });
  if (isComplete || measureEnd === undefined) return;
  if (records && !cohort!.recorder.isComplete(cohort!.connected)) return;
  isComplete = true;
  send({ type: 'complete' });
}

function finish(): void {
  clearInterval(progressTimer);
  cohort!.giveUpOpening();
  cohort!.progress();
  measureEnd ??= probe.sample();
  measureStart ??= measureEnd;
  send({
    type: 'report',
    report: { ...cohort!.report(), baseline, measureStart, measureEnd, held: probe.sample({ collect: true }) },
  });
}

function stop(): void {
  clearInterval(progressTimer);
  cohort?.stop();
  probe.stop();
  if (process.connected) process.disconnect?.();
}

function at(timeUs: number, act: () => void): void {
  setTimeout(act, Math.max(0, Math.ceil((timeUs - nowUs()) / 1000)));
}

function send(message: FromAgent): void {
  process.send?.(message);
}
