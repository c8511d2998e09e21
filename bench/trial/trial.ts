import { setTimeout as sleep } from 'node:timers/promises';
import { nowUs } from '../../server/clock.ts';
import { NO_FAULTS } from '../../server/feed/faults.ts';
import { dueUs, firstDueFrom, type Schedule } from '../../server/feed/schedule.ts';
import { LOOPBACK } from '../machine/address.ts';
import { allowedCores } from '../machine/cores.ts';
import { portRange, sampleHost } from '../machine/host.ts';
import type { MeasuredWindow } from '../agent/measure/recorder.ts';
import { timing } from './timing.ts';
import { AgentGroup } from './agent-group.ts';
import { startAll } from './child.ts';
import { watchCores } from '../machine/cpu-usage.ts';
import { PhaseClock } from './phase-clock.ts';
import { place } from '../machine/pinning.ts';
import type { Loss } from './roster.ts';
import { clientsPerAddress, sourceAddresses } from '../machine/source-address.ts';
import { ServerGroup } from './server-group.ts';
import { deriveSeed } from '../basics/random.ts';
import { watchStandstill } from './standstill.ts';
import type { TrialProgress } from './progress.ts';
import type { UnjudgedTrial } from '../judge/gates.ts';
import { checkTarget } from './target.ts';
import { composeTrial, type TrialEvidence } from './figures.ts';
import type { TrialSpec } from './spec.ts';
import { windowTicks } from './window.ts';

/** The feed starts this long after the server process is asked for: well before the first client. */
const FEED_START_US = 200_000;

/** Between the order to open and the first connection, so that all agents begin together. */
const OPEN_IN_US = 20_000;

/**
 * How much longer than planned a ramp may take before whoever is not connected counts as failed: as long again, within
 * these bounds; and how long it may stand still. A machine that is drowned would else be waited for again and again.
 */
const MIN_RAMP_GRACE_MS = 5000;
const MAX_RAMP_GRACE_MS = 15_000;
const RAMP_STALL_MS = 5000;

/** Where fewer connect there is nothing worth measuring: the figures would be those of another cell. */
const HOPELESS_SHARE = 0.5;

/** Clients of the canary cohort: enough for a mean, too few to load anything. */
const CANARY_CLIENTS = 8;

/** How long agents may take to notice that the server is gone, before they are asked what they have. */
const SETTLE_MS = 3000;

/** How soon the end of a process is noticed. */
const LOSS_NOTICE_MS = 500;

/** What is left of a process to end in order; its figures are in by then. */
const AGENT_GRACE_MS = 1000;
const SERVER_GRACE_MS = 2000;

/**
 * Runs one trial from the start of its processes to their end: ramp, warm-up, measure, drain.
 *
 * A process that is lost on the way does not end it: the others go on to the end of the window, so that what they have
 * measured is kept, and the loss stands in the trial. Where no server or no agent is left, nothing more can come, and the
 * trial ends at once.
 *
 * @param signal aborts it: the processes are ended and the promise rejects with the signal's reason
 * @throws PushbenchError where a process cannot start, or the target is not what was expected
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
  const placement = place(settings.serverWorkers, settings.agents, allowedCores(), settings.pin);
  const schedule: Schedule = { startUs: Math.ceil(nowUs() + FEED_START_US), rateHz: cell.rateHz };
  const address = spec.address ?? LOOPBACK;
  const found: Found = { server: {}, host: {} };

  // Library clients beside the lean load, in a process of their own on the agents' cores: do both see the same?
  const canaryCpus = cell.driver === 'lean' ? [[placement.agents.at(-1) ?? null]] : [];
  const groups = startAll([placement.agents, ...canaryCpus].map((cpus) => () => new AgentGroup(cpus)));
  const agents = groups[0]!;
  const canary = groups[1];
  let server: ServerGroup | undefined;
  let cores: (() => number | null) | undefined;
  const clock = new PhaseClock(onProgress, () => ({ agents, cores: cores?.() ?? null, target: cell.clients }));

  const aborted = Promise.withResolvers<never>();
  aborted.promise.catch(() => undefined);
  const onAbort = () => aborted.reject(signal.reason);
  /** Wakes whatever still sleeps when the trial has ended early. */
  const ended = new AbortController();

  const start = async (): Promise<ServerGroup | Loss> => {
    clock.enter('start', times.startMs);
    const started = await ServerGroup.start(
      { host: address.listen, ...serverSettings(spec, schedule, seed) },
      placement.servers,
    );
    if (!(started instanceof ServerGroup)) return started;
    // The trial may have ended while the server was starting: nobody else knows of it then.
    if (ended.signal.aborted) started.kill();
    ended.signal.throwIfAborted();
    server = started;
    cores = watchCores(started.pids);
    return started;
  };

  const phases = async (group: ServerGroup): Promise<void> => {
    const assignment = {
      transport: cell.transport,
      driver: cell.driver,
      host: address.aim,
      port: group.port,
      clients: cell.clients,
      clientsPerAddress: clientsPerAddress(portRange(), await sourceAddresses(address.aim)),
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
    const { rateHz, payloadBytes } = cell;
    await checkTarget(
      { host: address.aim, port: group.port },
      { rateHz, payloadBytes, seed, startUs: schedule.startUs },
    ).catch(async (error: unknown) => {
      // Of a server that has just been lost there is more to say than that it does not answer.
      await Promise.race([group.nobodyLeft, sleep(LOSS_NOTICE_MS)]);
      if (!group.isGone) throw error;
    });
    found.server.baseline = await group.sample(0, true);

    clock.enter('ramp', times.rampMs);
    const rampStartUs = nowUs() + OPEN_IN_US;
    found.rampStartUs = rampStartUs;
    found.host.rampStart = sampleHost();
    const rampMs = times.rampMs + Math.min(MAX_RAMP_GRACE_MS, Math.max(MIN_RAMP_GRACE_MS, times.rampMs));
    await Promise.all([
      agents.open(rampStartUs, rampMs, RAMP_STALL_MS),
      canary?.open(rampStartUs, rampMs, RAMP_STALL_MS),
    ]);
    const rampEndUs = nowUs();
    found.rampEndUs = rampEndUs;
    found.host.rampEnd = sampleHost();
    const connected = agents.progress.reduce((sum, progress) => sum + progress.connected, 0);
    if (connected < cell.clients * HOPELESS_SHARE) return;

    const window = nextWindow(schedule, rampEndUs + times.warmupMs * 1000, times.measureMs * 1000);
    clock.enter('warmup', (window.startUs - rampEndUs) / 1000);
    agents.send({ type: 'measure', window });
    canary?.send({ type: 'measure', window });
    found.window = window;
    const waitMs = (window.endUs - rampEndUs) / 1000;
    const samples = Promise.all([
      group.sample(window.startUs, false, waitMs).then((taken) => (found.server.start = taken)),
      group.sample(window.endUs, false, waitMs).then((taken) => (found.server.end = taken)),
    ]);
    samples.catch(() => undefined); // seen when it is awaited below
    const standstillUs = watchStandstill(window.startUs, ended.signal);
    await sleepUntil(window.startUs, ended.signal);
    found.host.start = sampleHost();

    clock.enter('measure', times.measureMs);
    await sleepUntil(window.endUs, ended.signal);
    found.host.end = sampleHost();
    found.host.standstillUs = standstillUs();

    clock.enter('drain', times.drainMs);
    await Promise.all([agents.complete(times.drainMs), canary?.complete(times.drainMs)]);
    await samples;
  };

  const run = async (): Promise<UnjudgedTrial> => {
    const started = await start();
    const unstarted = started instanceof ServerGroup ? [] : [started];
    if (started instanceof ServerGroup) {
      const whole = phases(started);
      whole.catch(() => undefined); // of one that was cut short nobody hears any more
      await Promise.race([whole, started.nobodyLeft, agents.nobodyLeft]);
      // What had arrived before the server ended is still to be read, and who lost a connection to be counted.
      if (started.isGone) await settled(agents, ended.signal);
    }
    const [reports, canaryReports = []] = await Promise.all([agents.finish(), canary?.finish()]);
    const drainEndUs = nowUs();
    if (server) found.server.held = await server.sample(0, true);

    return composeTrial({
      ...found,
      spec,
      startedAt,
      schedule,
      drainEndUs,
      reports,
      canaryReport: canaryReports[0]?.report ?? null,
      lostAgents: agents.lost,
      losses: [
        ...[...unstarted, ...(server?.losses ?? [])].map((loss) => ({ ...loss, code: 'SERVER_LOST' as const })),
        ...[...agents.losses, ...(canary?.losses ?? [])].map((loss) => ({ ...loss, code: 'AGENT_LOST' as const })),
      ],
    });
  };

  signal.addEventListener('abort', onAbort, { once: true });
  try {
    const trial = await Promise.race([run(), aborted.promise]);
    await Promise.all([agents.stop(AGENT_GRACE_MS), canary?.stop(AGENT_GRACE_MS)]);
    await server?.stop(SERVER_GRACE_MS);
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

/** What a trial has come to know on its way; what it never came to is absent. */
type Found = Pick<TrialEvidence, 'rampStartUs' | 'rampEndUs' | 'window' | 'server' | 'host'>;

/**
 * The first window that begins at or after `earliestUs`. It lasts `lengthUs` to the nearest whole tick, and begins and ends
 * halfway between two ticks: so the samples of CPU and bytes at its ends fall where nothing is being sent, and what they
 * differ by is of the ticks that count.
 */
export function nextWindow(schedule: Schedule, earliestUs: number, lengthUs: number): MeasuredWindow {
  const halfTickUs = 5e5 / schedule.rateHz;
  const firstSeq = firstDueFrom(schedule, earliestUs + halfTickUs);
  const nextSeq = firstSeq + windowTicks(lengthUs / 1000, schedule.rateHz);
  const halfwayTo = (seq: number) => Math.round(dueUs(schedule, seq) - halfTickUs);
  return { startUs: halfwayTo(firstSeq), endUs: halfwayTo(nextSeq), firstSeq, lastSeq: nextSeq - 1 };
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

/** Waits until the agents have noticed that no server is left; not for ever, since some clients of libraries try again. */
async function settled(agents: AgentGroup, signal: AbortSignal): Promise<void> {
  const end = nowUs() + SETTLE_MS * 1000;
  while (nowUs() < end && agents.progress.some(({ connected }) => connected > 0))
    await sleep(20, undefined, { signal });
}

async function sleepUntil(timeUs: number, signal: AbortSignal): Promise<void> {
  const waitMs = (timeUs - nowUs()) / 1000;
  if (waitMs > 0) await sleep(Math.ceil(waitMs), undefined, { signal });
}
