import { setTimeout as sleep } from 'node:timers/promises';
import { nowUs } from '../server/clock.ts';
import { NO_FAULTS } from '../server/feed/faults.ts';
import { dueUs, firstDueFrom, newestDue, type Schedule } from '../server/feed/schedule.ts';
import { sampleHost } from './host.ts';
import type { MeasuredWindow } from './measure/recorder.ts';
import { timing } from './plan.ts';
import { AgentGroup } from './process/agents.ts';
import { watchCores } from './process/cpu-usage.ts';
import { place } from './process/pinning.ts';
import { ServerGroup } from './process/server.ts';
import { deriveSeed } from './random.ts';
import type { Phase, TrialProgress } from './run-event.ts';
import type { UnjudgedTrial } from './stats/gates.ts';
import { composeTrial } from './trial-figures.ts';
import type { TrialSpec } from './trial-spec.ts';

/** The feed starts this long after the server process is asked for: well before the first client. */
const FEED_START_US = 200_000;

/** Between the order to open and the first connection, so that all agents begin together. */
const OPEN_IN_US = 20_000;

/** How much longer than planned a ramp may take before whoever is not connected counts as failed. */
const RAMP_GRACE_MS = 15_000;

/** Clients of the canary cohort: enough for a mean, too few to load anything. */
const CANARY_CLIENTS = 8;

const PROGRESS_MS = 250;
const AGENT_GRACE_MS = 3000;
const SERVER_GRACE_MS = 5000;

/**
 * Runs one trial from the start of its processes to their end: ramp, warm-up, measure, drain.
 *
 * @param signal aborts it: the processes are ended and the promise rejects with the signal's reason
 * @throws PushbenchError where a process cannot start or is lost on the way
 */
export async function runTrial(
  spec: TrialSpec,
  onProgress: (progress: TrialProgress) => void,
  signal: AbortSignal,
): Promise<UnjudgedTrial> {
  signal.throwIfAborted();
  const { cell, settings } = spec;
  const times = timing(cell, settings);
  const startedAt = new Date().toISOString();
  // Another seed for each trial, or every block would repeat the same phases; the same for all cells of a block.
  const seed = deriveSeed(deriveSeed(settings.seed, 1000 + spec.block), spec.attempt);
  const placement = place(settings.serverWorkers, settings.agents, spec.cores, settings.pin);
  const schedule: Schedule = { startUs: Math.ceil(nowUs() + FEED_START_US), rateHz: cell.rateHz };

  const agents = new AgentGroup(placement.agents);
  // Library clients beside the lean load, in a process of their own on the agents' cores: do both see the same?
  const canary = cell.driver === 'lean' ? new AgentGroup([placement.agents.at(-1) ?? null]) : undefined;
  let server: ServerGroup | undefined;
  const clock = new PhaseClock(onProgress, () => ({ agents, cores: cores?.() ?? null, target: cell.clients }));
  let cores: (() => number | null) | undefined;

  const { promise: failed, reject: fail } = Promise.withResolvers<never>();
  const onAbort = () => fail(signal.reason);
  /** Wakes whatever still sleeps when the trial has ended early. */
  const ended = new AbortController();

  const run = async (): Promise<UnjudgedTrial> => {
    clock.enter('start', times.startMs);
    server = await ServerGroup.start(serverSettings(spec, schedule, seed), placement.servers);
    server.lost.catch(fail);
    // The trial may have ended while the server was starting: nobody else knows of it then.
    if (ended.signal.aborted) server.kill();
    ended.signal.throwIfAborted();
    cores = watchCores(server.pids);
    const assignment = {
      transport: cell.transport,
      driver: cell.driver,
      host: '127.0.0.1',
      port: server.port,
      clients: cell.clients,
      rampPerSecond: settings.rampPerSecond,
      schedule,
      payloadBytes: cell.payloadBytes,
      seed,
      pollIntervalMs: cell.pollIntervalMs ?? 1000,
      pollLatest: settings.pollLatest && cell.pollIntervalMs !== null,
    };
    await Promise.all([
      agents.assign(assignment),
      canary?.assign({ ...assignment, driver: 'library', clients: CANARY_CLIENTS }, cell.clients),
    ]);
    const baseline = await server.sample(0, true);

    clock.enter('ramp', times.rampMs);
    const rampStartUs = nowUs() + OPEN_IN_US;
    await Promise.all([
      agents.open(rampStartUs, times.rampMs + RAMP_GRACE_MS),
      canary?.open(rampStartUs, times.rampMs + RAMP_GRACE_MS),
    ]);
    const rampEndUs = nowUs();

    const window = nextWindow(schedule, rampEndUs + times.warmupMs * 1000, times.measureMs * 1000);
    clock.enter('warmup', (window.startUs - rampEndUs) / 1000);
    agents.send({ type: 'measure', window });
    canary?.send({ type: 'measure', window });
    const waitMs = (window.endUs - rampEndUs) / 1000;
    const samples = Promise.all([
      server.sample(window.startUs, false, waitMs),
      server.sample(window.endUs, false, waitMs),
    ]);
    samples.catch(() => undefined); // seen when it is awaited below
    await sleepUntil(window.startUs, ended.signal);
    const hostStart = sampleHost();

    clock.enter('measure', times.measureMs);
    await sleepUntil(window.endUs, ended.signal);
    const hostEnd = sampleHost();

    clock.enter('drain', times.drainMs);
    await Promise.all([agents.complete(times.drainMs), canary?.complete(times.drainMs)]);
    const [serverStart, serverEnd] = await samples;
    const [reports, canaryReports = []] = await Promise.all([agents.finish(), canary?.finish()]);
    const drainEndUs = nowUs();
    const held = await server.sample(0, true);

    return composeTrial({
      spec,
      startedAt,
      window,
      schedule,
      rampStartUs,
      rampEndUs,
      drainEndUs,
      server: { baseline, start: serverStart, end: serverEnd, held },
      host: { start: hostStart, end: hostEnd },
      reports,
      canaryReport: canaryReports[0]?.report ?? null,
    });
  };

  signal.addEventListener('abort', onAbort, { once: true });
  agents.lost.catch(fail);
  canary?.lost.catch(fail);
  try {
    const trial = await Promise.race([run(), failed]);
    await Promise.all([agents.stop(AGENT_GRACE_MS), canary?.stop(AGENT_GRACE_MS)]);
    await server!.stop(SERVER_GRACE_MS);
    return trial;
  } finally {
    signal.removeEventListener('abort', onAbort);
    ended.abort();
    clock.stop();
    agents.kill();
    canary?.kill();
    server?.kill();
  }
}

/**
 * The first window that begins at or after `earliestUs`, halfway between two ticks: so the samples of CPU and bytes at
 * its ends fall where nothing is being sent.
 */
export function nextWindow(schedule: Schedule, earliestUs: number, lengthUs: number): MeasuredWindow {
  const halfTickUs = 5e5 / schedule.rateHz;
  const firstSeq = firstDueFrom(schedule, earliestUs + halfTickUs);
  const startUs = Math.round(dueUs(schedule, firstSeq) - halfTickUs);
  const endUs = startUs + lengthUs;
  return { startUs, endUs, firstSeq, lastSeq: newestDue(schedule, endUs - 1) };
}

function serverSettings({ cell, port, faults }: TrialSpec, schedule: Schedule, seed: number) {
  // A poller must find everything since its last poll, and be able to miss a poll or two.
  const ringSeconds = ((cell.pollIntervalMs ?? 0) / 1000) * 4 + 30;
  return {
    port,
    startUs: schedule.startUs,
    rateHz: cell.rateHz,
    payloadBytes: cell.payloadBytes,
    seed,
    fanOut: cell.fanOut,
    faults: { ...NO_FAULTS, ...faults },
    ringTicks: Math.max(1024, Math.ceil(cell.rateHz * ringSeconds)),
  };
}

async function sleepUntil(timeUs: number, signal: AbortSignal): Promise<void> {
  const waitMs = (timeUs - nowUs()) / 1000;
  if (waitMs > 0) await sleep(Math.ceil(waitMs), undefined, { signal });
}

/** Knows the phase, and reports it with the agents' newest figures a few times a second. */
class PhaseClock {
  readonly #report: () => void;
  readonly #timer: NodeJS.Timeout;
  #phase: Phase = 'start';
  #sinceUs = nowUs();
  #totalMs = 0;
  #measuredSinceUs: number | undefined;
  #measuredUntilUs: number | undefined;

  constructor(
    onProgress: (progress: TrialProgress) => void,
    facts: () => { agents: AgentGroup; cores: number | null; target: number },
  ) {
    this.#report = () => {
      const { agents, cores, target } = facts();
      const newest = agents.progress;
      const delivered = newest.reduce((sum, agent) => sum + agent.delivered, 0);
      // in the drain the last ticks of the window still come in, but the window is over
      const measuredUs =
        this.#measuredSinceUs === undefined ? 0 : (this.#measuredUntilUs ?? nowUs()) - this.#measuredSinceUs;
      onProgress({
        phase: this.#phase,
        phaseMs: (nowUs() - this.#sinceUs) / 1000,
        phaseTotalMs: this.#totalMs,
        connected: newest.reduce((sum, agent) => sum + agent.connected, 0),
        target,
        delivered,
        deliveredPerSecond: measuredUs > 0 ? delivered / (measuredUs * 1e-6) : 0,
        missed: newest.reduce((sum, agent) => sum + agent.gaps, 0),
        p50Us: largest(newest.map((agent) => agent.p50Us)),
        p99Us: largest(newest.map((agent) => agent.p99Us)),
        serverCores: cores,
        agentUtilisation: largest(newest.map((agent) => agent.utilisation)),
      });
    };
    this.#timer = setInterval(this.#report, PROGRESS_MS);
  }

  enter(phase: Phase, totalMs: number): void {
    this.#phase = phase;
    this.#sinceUs = nowUs();
    this.#totalMs = totalMs;
    if (phase === 'measure') this.#measuredSinceUs = this.#sinceUs;
    if (phase === 'drain') this.#measuredUntilUs = this.#sinceUs;
    this.#report();
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

function largest(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : Math.max(...known);
}
