import { setTimeout as sleep } from 'node:timers/promises';
import { nowUs } from '../../../server/clock.ts';
import type { FanOutMode } from '../../../server/fan-out-mode.ts';
import type { ServerSample } from '../../../server/control.ts';
import type { Schedule } from '../../../server/feed/schedule.ts';
import type { ProcessSample } from '../../../server/probe.ts';
import { allowedCores } from '../../machine/cores.ts';
import { decode } from '../../agent/measure/histogram.ts';
import { AgentGroup } from '../../trial/agent-group.ts';
import type { AgentDriver } from '../../agent/messages.ts';
import { place } from '../../machine/pinning.ts';
import { clientsPerAddress, sourceAddresses } from '../../machine/source-address.ts';
import { ServerGroup } from '../../trial/server-group.ts';
import type { TransportId } from '../../../server/transports/traits.ts';
import { nextWindow } from '../../trial/window.ts';

/** Who serves and who receives in one life: each side is the real one or its control. */
export type Subject = {
  readonly transport: TransportId;
  /** `control`: `write-server.ts`, which only writes. */
  readonly server: FanOutMode | 'control';
  /** `control`: `control-driver.ts`, which only reads. */
  readonly agent: AgentDriver;
};

export type Load = {
  readonly clients: number;
  readonly rateHz: number;
  readonly payloadBytes: number;
  readonly pollIntervalMs: number;
  readonly warmupMs: number;
  readonly measureMs: number;
  readonly rampPerSecond: number;
  readonly seed: number;
};

/** What both sides used in the measured window, and held at its end. */
export type Life = {
  /** Ticks delivered; for short polling polls answered. */
  messages: number;
  serverCpuUs: number;
  agentCpuUs: number;
  /** Event loop utilisation, 0 to 1. */
  serverUtilisation: number;
  agentUtilisation: number;
  /** Growth since before the first client: resident set, and heap and external memory after full collections. */
  server: { rssBytes: number; heldBytes: number };
  agent: { rssBytes: number; heldBytes: number };
  /** From the first connect until the last client was open, and the 99th percentile of one connect. */
  openMs: number;
  connectP99Us: number;
  /** Sent by the server for each message. */
  bytesPerMessage: number;
};

const FEED_START_US = 300_000;
const OPEN_IN_US = 20_000;
const OPEN_TIMEOUT_MS = 60_000;
const AFTER_WINDOW_MS = 150;
const GRACE_MS = 3000;

/**
 * One server and one agent, each on a core of its own, from start to end.
 *
 * @throws Error where not every client connected, or a tick was not emitted in time: no figure rather than a wrong one
 */
export async function live(subject: Subject, load: Load, pin: boolean): Promise<Life> {
  const { transport } = subject;
  const placement = place(1, 1, allowedCores(), pin);
  const schedule: Schedule = { startUs: Math.ceil(nowUs() + FEED_START_US), rateHz: load.rateHz };
  const agents = new AgentGroup(placement.agents);
  const config = {
    startUs: schedule.startUs,
    rateHz: load.rateHz,
    payloadBytes: load.payloadBytes,
    seed: load.seed,
    fanOut: subject.server === 'idiomatic' ? ('idiomatic' as const) : ('prepared' as const),
  };
  let server: ServerGroup | undefined;
  try {
    const started =
      subject.server === 'control'
        ? await ServerGroup.start(config, placement.servers, ['bench/lab/self/write-server.ts', transport])
        : await ServerGroup.start(config, placement.servers);
    if (!(started instanceof ServerGroup)) throw new Error(`${describe(subject)}: ${started.message}`);
    server = started;
    await agents.assign({
      transport,
      driver: subject.agent,
      host: '127.0.0.1',
      port: server.port,
      clients: load.clients,
      clientsPerAddress: clientsPerAddress(null, await sourceAddresses('127.0.0.1')),
      rampPerSecond: load.rampPerSecond,
      schedule,
      payloadBytes: load.payloadBytes,
      seed: load.seed,
      pollIntervalMs: load.pollIntervalMs,
      pollLatest: false,
    });
    const [baseline] = await server.sample(0, true);
    const openUs = nowUs() + OPEN_IN_US;
    await agents.open(openUs, OPEN_TIMEOUT_MS, OPEN_TIMEOUT_MS);
    const openedUs = nowUs();
    const window = nextWindow(schedule, openedUs + load.warmupMs * 1000, load.measureMs * 1000);
    agents.send({ type: 'measure', window });
    const waitMs = (window.endUs - nowUs()) / 1000;
    const samples = Promise.all([
      server.sample(window.startUs, false, waitMs),
      server.sample(window.endUs, false, waitMs),
    ]);
    await sleep(waitMs + AFTER_WINDOW_MS);
    const [[start], [end]] = await samples;
    const [held] = await server.sample(0, true);
    const [agent] = await agents.finish();
    const { report } = agent!;
    const ticks = window.lastSeq - window.firstSeq + 1;
    const measuredMs = (window.endUs - window.startUs) / 1000;
    const messages = transport === 'polling' ? (load.clients * measuredMs) / load.pollIntervalMs : load.clients * ticks;
    if (report.clients.connected !== load.clients) {
      throw new Error(`${describe(subject)}: ${report.clients.connected} of ${load.clients} clients connected`);
    }
    const sentBytes = end!.connections.bytesSent - start!.connections.bytesSent;
    const emitted = end!.feed.emitted - start!.feed.emitted;
    if (Math.abs(emitted - ticks) > 1) {
      throw new Error(`${describe(subject)}: ${emitted} ticks were emitted in the window instead of ${ticks}`);
    }
    await agents.stop(GRACE_MS);
    await server.stop(GRACE_MS);
    return {
      messages,
      serverCpuUs: cpuUs(start!.process, end!.process),
      agentCpuUs: cpuUs(report.measureStart, report.measureEnd),
      serverUtilisation: utilisation(start!.process, end!.process),
      agentUtilisation: utilisation(report.measureStart, report.measureEnd),
      server: withoutRing(growth(baseline!.process, end!.process, held!.process), baseline!, end!, held!),
      agent: growth(report.baseline, report.measureEnd, report.held),
      openMs: (openedUs - openUs) / 1000,
      connectP99Us: decode(report.connectHdr).getValueAtPercentile(99),
      bytesPerMessage: sentBytes / messages,
    };
  } finally {
    agents.kill();
    server?.kill();
  }
}

/** Busier than this a process may have fallen behind. */
const MOST_BUSY = 0.95;

/**
 * Whether both sides did all that they were given: of a process without time to spare, messages that it did not get to would
 * count as cheap ones.
 */
export function hasTimeToSpare({ serverUtilisation, agentUtilisation }: Life): boolean {
  return Math.max(serverUtilisation, agentUtilisation) <= MOST_BUSY;
}

/** As tables name it. */
export function describe({ transport, server, agent }: Subject): string {
  return `${transport}: ${server} server, ${agent} agent`;
}

function cpuUs(start: ProcessSample, end: ProcessSample): number {
  return end.cpuUserUs - start.cpuUserUs + end.cpuSystemUs - start.cpuSystemUs;
}

function utilisation(start: ProcessSample, end: ProcessSample): number {
  const active = end.loop.activeMs - start.loop.activeMs;
  return active / Math.max(1e-9, active + end.loop.idleMs - start.loop.idleMs);
}

/** What the feed keeps fills up meanwhile, and is no client's. */
function withoutRing(
  { rssBytes, heldBytes }: Life['server'],
  before: ServerSample,
  loaded: ServerSample,
  held: ServerSample,
): Life['server'] {
  const grown = (sample: ServerSample) => sample.feed.ringBytes - before.feed.ringBytes;
  return { rssBytes: rssBytes - grown(loaded), heldBytes: heldBytes - grown(held) };
}

function growth(before: ProcessSample, loaded: ProcessSample, held: ProcessSample): Life['server'] {
  return { rssBytes: loaded.rssBytes - before.rssBytes, heldBytes: held.heldBytes - before.heldBytes };
}
