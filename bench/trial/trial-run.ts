import { setTimeout as sleep } from 'node:timers/promises';
import { nowUs } from '../../server/clock.ts';
import { TRAITS, traitsOf, transportOf, type TransportId } from '../../server/transports/traits.ts';
import { NO_FAULTS } from '../../server/feed/faults.ts';
import type { Schedule } from '../../server/feed/schedule.ts';
import type { AgentProgress, Assignment } from '../agent/messages.ts';
import { meansOf } from '../agent/measure/slot-means.ts';
import { PushbenchError } from '../basics/errors.ts';
import { deriveSeed } from '../basics/random.ts';
import { LOOPBACK } from '../machine/address.ts';
import { allowedCores } from '../machine/cores.ts';
import { portRange, sampleHost } from '../machine/host.ts';
import { place, type Placement } from '../machine/pinning.ts';
import { listProcesses, othersBetween, watchCores, type MachineProcess } from '../machine/processes.ts';
import { clientsPerAddress, sourceAddresses } from '../machine/source-address.ts';
import { treeOf } from '../machine/process-tree.ts';
import { proxyOf, targetOf } from '../result/entrant.ts';
import type { Cell, Settings } from '../result/schema.ts';
import { addressOf, type Door, type Target } from '../result/target.ts';
import { startProxy, type RunningProxy } from '../proxy/run-proxy.ts';
import type { Published } from '../target/publisher.ts';
import { AgentGroup } from './agent-group.ts';
import { startAll } from './child.ts';
import { feedWords } from './diagnosis.ts';
import { attachedOf, type TrialEvidence } from './evidence.ts';
import { checkForeign, lastWords } from './foreign-check.ts';
import { PhaseClock } from './phase-clock.ts';
import type { TrialProgress } from './progress.ts';
import type { Loss } from './roster.ts';
import { ServerGroup } from './server-group.ts';
import type { TrialSpec } from './spec.ts';
import { watchStandstill } from './standstill.ts';
import { checkTarget } from './target.ts';
import { timing, type Timing } from './timing.ts';
import { DECISION_MS, hasSettled, isOver, PROLONG_MS, warmUpSlots } from './warm-up.ts';
import { nextWindow } from './window.ts';

/** What publishes to a server that is not ours, and tells of it. */
export const PUBLISHER = 'bench/target/main.ts';

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

/**
 * Clients of the cell that latency and age are taken from, in a process of their own that goes before the load's: so many that
 * in three seconds of 10 ticks/s nineteen of their deliveries are beyond p99, so few that they read a burst in half a millisecond.
 * Fewer are slower, each of them: Node compiles what is run often, and of forty long polls it had not by the end of a warm-up.
 */
const WITNESSES = 64;

/** So far into the window the load is stopped where that is asked for. */
const STOP_AFTER_US = 500_000;

/** Clients of the canary cohort: enough for a mean, too few to load anything. */
const CANARY_CLIENTS = 8;

/** How long agents may take to notice that the server is gone, before they are asked what they have. */
const SETTLE_MS = 3000;

/** How soon the end of a process is noticed. */
const LOSS_NOTICE_MS = 500;

/** What is left of a process to end in order; its figures are in by then. */
const AGENT_GRACE_MS = 1000;
const SERVER_GRACE_MS = 2000;
const PROXY_GRACE_MS = 500;

/** What a trial comes to know on its way; what it never came to is absent. */
type Found = Pick<TrialEvidence, 'rampStartUs' | 'rampEndUs' | 'window' | 'settled' | 'server' | 'proxy' | 'host'>;

/**
 * A trial on its way: its processes, its clock, what it has found, and its phases, each a method that leaves
 * behind what the next one needs. In which order they come, and what ends them early, is the caller's.
 */
export class TrialRun {
  readonly spec: TrialSpec;
  readonly times: Timing;
  readonly schedule: Schedule;
  readonly agents: AgentGroup;
  /** A part of the lean clients, which tells of latency what the others are too many to tell. */
  readonly witnesses: AgentGroup | undefined;
  readonly #witnessClients: number;
  /** Library clients beside the lean load, in a process of their own on the agents' cores: do both see the same? */
  readonly canary: AgentGroup | undefined;
  /** From when it listens. */
  server: ServerGroup | undefined;
  /** What stands between the clients and the server, from when it listens. */
  proxy: RunningProxy | undefined;
  /** Resolves when a proxy that was there has ended by itself. */
  readonly proxyLost: Promise<void>;
  readonly clock: PhaseClock;
  readonly found: Found = { server: {}, host: {} };
  readonly #startedAt = new Date().toISOString();
  readonly #seed: number;
  /** Where the server of the trial listens, and the port where that is known before; 0: any free one. */
  readonly #at: { listen: string; aim: string; port: number };
  readonly #placement: Placement;
  /** Wakes whatever still sleeps when the trial has ended early. */
  readonly #ended = new AbortController();
  /** Of another server: it was seen to bring ticks to clients. */
  #isTried = false;
  /** The server's, where it never came to listen. */
  #startLoss: Loss | undefined;
  #proxyLoss: Loss | undefined;
  readonly #loseProxy: () => void;
  #serverCores: (() => number | null) | undefined;
  /** Both samples of the window, which the server takes at its time: pending from the warm-up on. */
  #samples: Promise<unknown> | undefined;
  #processes: ReadonlyMap<number, MachineProcess> | undefined;
  #standstillUs: (() => number) | undefined;

  /**
   * Starts the agents' processes.
   *
   * @throws PushbenchError where one cannot be started; those before it are ended
   */
  constructor(spec: TrialSpec, onProgress: (progress: TrialProgress) => void) {
    const { cell, settings } = spec;
    this.spec = spec;
    this.times = timing(cell, settings);
    // Another seed for each trial, or every block would repeat the same phases; the same for all cells of a block.
    this.#seed = deriveSeed(deriveSeed(settings.seed, 1000 + spec.block), spec.attempt);
    const hasProxy = proxyOf(cell.transport, settings) !== undefined;
    this.#placement = place(settings.serverWorkers, settings.agents, allowedCores(), settings.pin, hasProxy);
    const { promise, resolve } = Promise.withResolvers<void>();
    [this.proxyLost, this.#loseProxy] = [promise, resolve];
    this.schedule = { startUs: Math.ceil(nowUs() + FEED_START_US), rateHz: cell.rateHz };
    this.#at = atOf(spec, this.#target);
    const { agents } = this.#placement;
    this.#witnessClients = spec.control ? 0 : witnessesOf(cell, settings);
    const oneMore = [agents.at(-1) ?? null];
    const asked = [
      agents,
      this.#witnessClients > 0 ? oneMore : null,
      cell.driver === 'lean' && !spec.control ? oneMore : null,
    ];
    const started = startAll(asked.filter((cpus) => cpus !== null).map((cpus) => () => new AgentGroup(cpus)));
    const [load, witnesses, canary] = asked.map((cpus) => (cpus === null ? undefined : started.shift()));
    this.agents = load!;
    this.witnesses = witnesses;
    this.canary = canary;
    this.clock = new PhaseClock(onProgress, () => ({
      all: this.#progress,
      seen: this.#seen.progress,
      cores: this.#serverCores?.() ?? null,
      target: cell.clients,
    }));
  }

  /**
   * Starts the server, and waits until it listens.
   *
   * @returns it, or undefined where it was lost before
   * @throws PushbenchError where it cannot listen
   */
  async start(): Promise<ServerGroup | undefined> {
    this.clock.enter('start', this.times.startMs);
    const { servers, agents } = this.#placement;
    const target = this.#target;
    const started = await ServerGroup.start(
      { host: this.#at.listen, port: this.#at.port, ...serverSettings(this.spec, this.schedule, this.#seed) },
      // Another server has the cores of ours, and what publishes to it is with the load.
      target ? [agents.at(-1) ?? null] : servers,
      target ? [PUBLISHER, JSON.stringify({ target, cores: servers } satisfies Published)] : this.spec.control?.server,
    );
    if (!(started instanceof ServerGroup)) {
      this.#startLoss = started;
      return undefined;
    }
    // The trial may have ended while the server was starting: nobody else knows of it then.
    if (this.#ended.signal.aborted) started.kill();
    this.#ended.signal.throwIfAborted();
    this.server = started;
    // Of another server these are of what publishes to it.
    if (!target) this.#serverCores = watchCores(started.pids);
    await this.#startProxy(started.port);
    return started;
  }

  async #startProxy(serverPort: number): Promise<void> {
    const { cell, settings } = this.spec;
    const proxy = proxyOf(cell.transport, settings);
    if (!proxy) return;
    const { aim } = this.#at;
    const core = this.#placement.proxy;
    const started = await startProxy(proxy, {
      host: aim,
      upstream: { host: aim, port: serverPort },
      clients: cell.clients + CANARY_CLIENTS,
      cores: core === null ? [] : [core],
    });
    this.proxy = started;
    if (this.#ended.signal.aborted) await started.stop(0);
    this.#ended.signal.throwIfAborted();
    void started.lost.then((message) => {
      this.#proxyLoss = { pid: started.pid, atUs: nowUs(), message };
      this.#loseProxy();
    });
  }

  /**
   * Gives the agents their clients, makes sure that the server is the one that is meant, and samples what it holds before
   * the first of them.
   *
   * @throws PushbenchError where the target is not what was expected
   */
  async prepare(): Promise<void> {
    const { cell } = this.spec;
    const { aim } = this.#at;
    const { port } = this.server!;
    const assignment = await this.#assignment(aim, this.proxy?.port ?? port);
    await Promise.all([
      this.agents.assign(assignment),
      this.witnesses?.assign(
        {
          ...assignment,
          clients: this.#witnessClients,
          rampPerSecond: this.#rampOf(this.#witnessClients),
          precedence: 'witness',
        },
        assignment.clients,
      ),
      this.canary?.assign(
        {
          ...assignment,
          driver: 'library',
          clients: CANARY_CLIENTS,
          // Many a server writes in the order of connection: who all came first would be served first.
          rampPerSecond: this.#rampOf(CANARY_CLIENTS),
          precedence: 'canary',
        },
        cell.clients,
      ),
    ]);
    // Straight: what a proxy does to a transport is to be measured, not refused.
    await (this.#target ? this.#checkForeign({ ...assignment, port }) : this.#checkServer(aim, port));
    this.found.server.baseline = await this.server!.sample(0, true);
    if (this.proxy) this.found.proxy = { baseline: this.proxy.sample() };
  }

  async #checkForeign(assignment: Omit<Assignment, 'firstClient'>): Promise<void> {
    const asked = { ...assignment, feed: feedWords(this.#target) };
    await checkForeign(this.spec.cell.transport, asked).catch(async (error: unknown) => {
      await Promise.race([this.server!.nobodyLeft, sleep(LOSS_NOTICE_MS)]);
      this.refuseUntried();
      throw error;
    });
    this.#isTried = true;
  }

  /**
   * A server of somebody else's that ends before it was seen to work is not unlucky, but wrong.
   *
   * @throws PushbenchError (target) `TARGET_LOST` with what it said, where that is so
   */
  refuseUntried(): void {
    const words = this.#target && !this.#isTried ? lastWords(this.server!.losses) : null;
    if (words !== null) throw new PushbenchError('target', 'TARGET_LOST', `${this.spec.cell.transport}: ${words}`);
  }

  async #checkServer(host: string, port: number): Promise<void> {
    const { rateHz, payloadBytes } = this.spec.cell;
    await checkTarget({ host, port }, { rateHz, payloadBytes, seed: this.#seed, startUs: this.schedule.startUs }).catch(
      async (error: unknown) => {
        // Of a server that has just been lost there is more to say than that it does not answer.
        await Promise.race([this.server!.nobodyLeft, sleep(LOSS_NOTICE_MS)]);
        if (!this.server!.isGone) throw error;
      },
    );
  }

  /**
   * Opens the clients, and waits until each has connected, failed, or had its time.
   *
   * @returns whether so many are connected that measuring is worth it
   */
  async connect(): Promise<boolean> {
    const { found, times } = this;
    this.clock.enter('ramp', times.rampMs);
    const startUs = nowUs() + OPEN_IN_US;
    found.rampStartUs = startUs;
    found.host.rampStart = sampleHost();
    const { rampGraceMs } = this.spec.control ?? {};
    const graceMs = rampGraceMs ?? Math.min(MAX_RAMP_GRACE_MS, Math.max(MIN_RAMP_GRACE_MS, times.rampMs));
    const timeoutMs = times.rampMs + graceMs;
    // Who is answered with a tick is not late before it.
    const stallMs = rampGraceMs ?? Math.max(RAMP_STALL_MS, 2000 / this.schedule.rateHz);
    await Promise.all(this.#groups.map((group) => group.open(startUs, timeoutMs, stallMs)));
    found.rampEndUs = nowUs();
    found.host.rampEnd = sampleHost();
    const connected = this.#progress.reduce((sum, progress) => sum + progress.connected, 0);
    return connected >= this.spec.cell.clients * HOPELESS_SHARE;
  }

  /** Sets the window, tells server and agents of it, and waits until it begins; puts it off while latency has not settled. */
  async warm(): Promise<void> {
    const { found, times } = this;
    const { cell } = this.spec;
    const server = this.server!;
    const rampEndUs = found.rampEndUs!;
    const isAuto = this.spec.settings.warmupMs === 'auto' && !this.spec.control;
    // Until each has polled once the answers are of what came before.
    const warmUp = isAuto ? warmUpSlots(rampEndUs + (cell.pollIntervalMs ?? 0) * 1000, cell.rateHz) : null;
    this.clock.enter('warmup', times.warmupMs);
    let earliestUs = rampEndUs + times.warmupMs * 1000;
    for (;;) {
      const window = nextWindow(this.schedule, earliestUs, times.measureMs * 1000);
      for (const group of this.#groups) {
        group.send({ type: 'measure', window, warmUp: group === this.#seen ? warmUp : null });
      }
      found.window = window;
      if (!warmUp) break;
      await this.#until(window.startUs - DECISION_MS * 1000);
      const seen = this.#seen.progress.map((progress) => progress.warmUp);
      found.settled = hasSettled(meansOf(seen.filter((sums) => sums !== null)));
      if (isOver(found.settled, (window.startUs - rampEndUs) / 1000)) break;
      earliestUs = window.startUs + PROLONG_MS * 1000;
    }
    const window = found.window;
    if (!this.spec.settings.shared) this.#processes = listProcesses();
    const waitMs = (window.endUs - rampEndUs) / 1000;
    this.#samples = Promise.all([
      server.sample(window.startUs, false, waitMs).then((taken) => (found.server.start = taken)),
      server.sample(window.endUs, false, waitMs).then((taken) => (found.server.end = taken)),
    ]);
    this.#samples.catch(() => undefined); // seen when the drain awaits it
    this.#standstillUs = watchStandstill(window.startUs, this.#ended.signal);
    await this.#until(window.startUs);
  }

  /** Waits until the window is over. */
  async measure(): Promise<void> {
    const { host, window } = this.found;
    host.start = sampleHost();
    this.#sampleProxy('start');
    this.clock.enter('measure', this.times.measureMs);
    const { stopLoadMs } = this.spec;
    if (stopLoadMs !== undefined) {
      await this.#until(window!.startUs + STOP_AFTER_US);
      await this.agents.halt(stopLoadMs);
    }
    await this.#until(window!.endUs);
    host.end = sampleHost();
    this.#sampleProxy('end');
    if (this.#processes) host.others = othersBetween(this.#processes, listProcesses(), this.#ownIds);
    host.standstillUs = this.#standstillUs!();
  }

  #sampleProxy(at: 'start' | 'end'): void {
    if (this.proxy && this.found.proxy) this.found.proxy[at] = this.proxy.sample();
  }

  /** Waits until all that counts has arrived, or had its time, and until the server has told of the window. */
  async drain(): Promise<void> {
    const { drainMs } = this.times;
    this.clock.enter('drain', drainMs);
    await Promise.all(this.#groups.map((group) => group.complete(drainMs)));
    await this.#samples;
  }

  /** Waits until the agents have noticed that no server is left; not for ever, since some clients of libraries try again. */
  async settle(): Promise<void> {
    const end = nowUs() + SETTLE_MS * 1000;
    while (nowUs() < end && this.#progress.some(({ connected }) => connected > 0)) {
      await sleep(20, undefined, { signal: this.#ended.signal });
    }
  }

  /** Ends the recording, after whichever phase, and asks all that are left what they know. */
  async finish(): Promise<TrialEvidence> {
    const { agents, witnesses, canary, server, found } = this;
    const [reports, witnessReports = [], canaryReports = []] = await Promise.all([
      agents.finish(),
      witnesses?.finish(),
      canary?.finish(),
    ]);
    const drainEndUs = nowUs();
    if (server) found.server.held = await server.sample(0, true);
    const serverLosses = [this.#startLoss ?? [], server?.losses ?? []].flat();
    const agentLosses = this.#groups.flatMap((group) => group.losses);
    return {
      ...found,
      spec: this.spec,
      startedAt: this.#startedAt,
      schedule: this.schedule,
      drainEndUs,
      reports,
      witnessReport: witnessReports[0] ?? null,
      canaryReport: canaryReports[0]?.report ?? null,
      lostAgents: [...agents.lost, ...(witnesses?.lost ?? [])],
      losses: [
        ...serverLosses.map((loss) => ({ ...loss, code: 'SERVER_LOST' as const })),
        ...agentLosses.map((loss) => ({ ...loss, code: 'AGENT_LOST' as const })),
        ...(this.#proxyLoss ? [{ ...this.#proxyLoss, code: 'PROXY_LOST' as const }] : []),
      ],
    };
  }

  /** Lets every process end in order, the server last. */
  async stop(): Promise<void> {
    await Promise.all(this.#groups.map((group) => group.stop(AGENT_GRACE_MS)));
    await this.proxy?.stop(PROXY_GRACE_MS);
    await this.server?.stop(SERVER_GRACE_MS);
  }

  /** Ends whatever is still there, at once; a server that is still starting as soon as it listens. */
  kill(): void {
    this.#ended.abort();
    this.clock.stop();
    for (const group of this.#groups) group.kill();
    void this.proxy?.stop(0);
    this.server?.kill();
  }

  async #assignment(host: string, port: number): Promise<Omit<Assignment, 'firstClient'>> {
    const { cell, settings, control } = this.spec;
    const transport = transportOf(cell.transport)!;
    const target = this.#target;
    const door = target && doorOf(target, transport);
    return {
      transport,
      path: door?.path ?? TRAITS[transport].path,
      ...(door ? { door } : {}),
      driver: control?.driver ?? cell.driver,
      host,
      port,
      clients: cell.clients - this.#witnessClients,
      clientsPerAddress: clientsPerAddress(portRange(), await sourceAddresses(host)),
      rampPerSecond: this.#rampOf(cell.clients - this.#witnessClients),
      schedule: this.schedule,
      payloadBytes: cell.payloadBytes,
      seed: this.#seed,
      pollIntervalMs: cell.pollIntervalMs ?? 1000,
      pollLatest: cell.pollIntervalMs !== null && (settings.pollLatest || door?.latest === true),
      // Without witnesses it is the load itself whose latency counts.
      precedence: this.witnesses === undefined ? 'usual' : 'load',
    };
  }

  /** So many of the cell's clients at a pace at which all of them are open at the same time. */
  #rampOf(clients: number): number {
    return (this.spec.settings.rampPerSecond * clients) / this.spec.cell.clients;
  }

  get #ownIds(): ReadonlySet<number> {
    const attached = (this.found.server.start ?? []).flatMap((sample) => attachedOf(sample)?.pids ?? []);
    const servers = [...this.server!.pids, ...attached].flatMap((pid) => (this.#target ? treeOf(pid) : [pid]));
    const proxies = this.proxy ? treeOf(this.proxy.pid) : [];
    return new Set([process.pid, ...servers, ...proxies, ...this.#groups.flatMap((group) => group.pids)]);
  }

  /** The server that is measured where it is not ours. */
  get #target(): Target | undefined {
    return targetOf(this.spec.cell.transport, this.spec.settings);
  }

  /** All that have clients. */
  get #groups(): AgentGroup[] {
    return [this.agents, this.witnesses, this.canary].filter((group) => group !== undefined);
  }

  /** Whose latency counts. */
  get #seen(): AgentGroup {
    return this.witnesses ?? this.agents;
  }

  get #progress(): AgentProgress[] {
    return [...this.agents.progress, ...(this.witnesses?.progress ?? [])];
  }

  async #until(timeUs: number): Promise<void> {
    const waitMs = (timeUs - nowUs()) / 1000;
    if (waitMs > 0) await sleep(Math.ceil(waitMs), undefined, { signal: this.#ended.signal });
  }
}

/** @throws PushbenchError where the target has none: no cell has such an entrant */
export function doorOf(target: Target, transport: TransportId): Door {
  const door = target.transports[transport];
  if (!door) throw new PushbenchError('defect', 'NO_DOOR', `${target.name} has no ${transport}`);
  return door;
}

/**
 * Each agent keeps a client, and the load at least half of all. Of libraries latency is their own. Of long polls there are none where
 * one is of another server: those that answer in the order of asking serve first, tick after tick, who read without a queue.
 */
function witnessesOf({ clients, driver, transport }: Cell, { agents, targets = [] }: Settings): number {
  const isLongPoll = traitsOf(transport)?.asks === 'at-once';
  if (isLongPoll && targets.some(({ transports }) => transports['long-polling'] !== undefined)) return 0;
  return driver === 'lean' ? Math.max(0, Math.min(WITNESSES, Math.floor(clients / 2), clients - agents)) : 0;
}

function atOf(
  { port, address = LOOPBACK }: TrialSpec,
  target: Target | undefined,
): { listen: string; aim: string; port: number } {
  if (!target?.attach) return { ...address, port };
  const { host, port: own } = addressOf(target.attach);
  return { listen: host, aim: host, port: own };
}

function serverSettings({ cell, faults }: TrialSpec, schedule: Schedule, seed: number) {
  // A poller must find everything since its last poll, and be able to miss a poll or two.
  const ringSeconds = ((cell.pollIntervalMs ?? 0) / 1000) * 4 + 30;
  return {
    startUs: schedule.startUs,
    rateHz: cell.rateHz,
    payloadBytes: cell.payloadBytes,
    seed,
    fanOut: cell.fanOut,
    faults: { ...NO_FAULTS, ...faults },
    ringTicks: Math.max(1024, Math.ceil(cell.rateHz * ringSeconds)),
  };
}
