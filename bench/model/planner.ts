// What a workload would cost, from a fitted model. Pure, and without any import of Node: the report's page runs it as well.
import { trafficOf } from './bytes.ts';
import {
  amountsAt,
  costOf,
  loadOf,
  predict,
  type CostModel,
  type Estimate,
  type Load,
  type Span,
} from './cost-model.ts';

/** What is planned. */
export type Workload = {
  readonly clients: number;
  readonly rateHz: number;
  readonly payloadBytes: number;
  /** Of transports that poll. */
  readonly pollIntervalMs: number;
};

/** One server, as many of which are planned as the workload needs. */
export type ServerKind = {
  /** Memory that its processes may fill, in bytes. */
  readonly memoryBytes: number;
  /** Share of its processes' cores that may be busy: beyond it, latency grows faster than load. */
  readonly utilisation: number;
  /** The most clients that one may have, e.g. what a capacity search found; null: what CPU and memory allow. */
  readonly maxClients: number | null;
};

/** Memory that a machine's servers may fill; the rest is the kernel's, its socket buffers above all. */
const MEMORY_SHARE = 0.75;
/** Latency grows faster than load beyond it. */
const UTILISATION = 0.6;

/** Servers on machines like the one that was measured. */
export function serverLike({ memoryBytes }: { readonly memoryBytes: number }, maxClients: number | null): ServerKind {
  return { memoryBytes: memoryBytes * MEMORY_SHARE, utilisation: UTILISATION, maxClients };
}

/** What is outside of what was measured. */
export type Beyond = {
  readonly what: 'clients' | 'rate' | 'payload' | 'poll interval' | 'deliveries per second';
  /** How many times beyond the end of the range: 10 is ten times more, or a tenth. */
  readonly factor: number;
};

export type CostPlan = {
  readonly transport: string;
  readonly workload: Workload;
  readonly deliveriesPerSecond: number;
  /** Cores that are busy, all servers together. */
  readonly cores: Estimate;
  /** Resident memory, all servers together, without the kernel's socket buffers. */
  readonly memoryBytes: Estimate;
  /** Servers of the kind needed. */
  readonly servers: Estimate;
  readonly limitedBy: 'CPU' | 'memory' | 'clients';
  /** Towards the clients, at the sockets. */
  readonly egressBytesPerSecond: number;
  /** The same with TCP and IP headers, an estimate: one segment for each write, as long as it fits. */
  readonly egressWireBytesPerSecond: number;
  readonly ingressBytesPerSecond: number;
  readonly egressBytesPerHour: number;
  readonly egressBytesPerMonth: number;
  /** Mean age of what a client shows, from theory; see bench/README.md. */
  readonly ageMeanMs: number;
  /** How long one server takes to hand a tick to all of its clients. */
  readonly fanOutMs: number;
  /** Empty within the measured range. */
  readonly beyond: readonly Beyond[];
};

/** 365 days by 12. */
const HOURS_PER_MONTH = 730;

/** Digits of a cursor and an id: those of a feed that has run for a while. */
const TYPICAL_SEQ = 1_000_000;

/** IPv4 and TCP with timestamps, without options beyond. */
const SEGMENT_HEAD_BYTES = 52;
/** Payload of a segment on Ethernet. */
const SEGMENT_BYTES = 1448;

/**
 * Plans a workload.
 *
 * Server CPU and memory are the fitted model's: what all servers have once each, and what clients, deliveries and polls add.
 * Servers are as many as keep each of them within its utilisation, its memory and its most clients.
 *
 * @returns the reasons where the model has no coefficients or the workload cannot be served
 */
export function planCost(
  model: CostModel,
  workload: Workload,
  kind: ServerKind,
): { readonly plan: CostPlan } | { readonly problems: readonly string[] } {
  const { cpu, memory } = model;
  if (cpu.kind !== 'fit' || memory.kind !== 'fit') {
    return { problems: ['the run does not identify a cost model; see the models for what to add'] };
  }
  const load = plannedLoad(model, workload);
  // a server process is one thread, whatever the machine has
  const budgetUs = kind.utilisation * model.workers * 1e6;
  const none: Load = { server: 1, client: 0, delivery: 0, poll: 0, requests: 0 };
  const roomUs = budgetUs - Math.max(0, predict(cpu, none).value);
  const roomBytes = kind.memoryBytes - Math.max(0, predict(memory, none).value);
  if (roomUs <= 0 || roomBytes <= 0) {
    const what = roomUs <= 0 ? 'CPU' : 'memory';
    return { problems: [`a server without clients already uses more ${what} than one may; allow it more`] };
  }
  // Each server will be as busy as it may be: so many requests find it idle.
  const added = amountsAt({ ...load, server: 0 }, kind.utilisation);
  const [loadUs, loadBytes] = [costOf(cpu, added), costOf(memory, added)];
  const byClients = kind.maxClients === null ? 0 : workload.clients / kind.maxClients;
  const needs = [
    { limitedBy: 'CPU', need: scaled(loadUs, 1 / roomUs) },
    { limitedBy: 'memory', need: scaled(loadBytes, 1 / roomBytes) },
    { limitedBy: 'clients', need: { value: byClients, low: byClients, high: byClients } },
  ] as const;
  const most = needs.reduce((a, b) => (b.need.value > a.need.value ? b : a));
  const upTo = (key: keyof Estimate) => Math.max(1, ...needs.map(({ need }) => Math.ceil(need[key])));
  const servers: Estimate = { value: upTo('value'), low: upTo('low'), high: upTo('high') };

  const all: Load = { ...load, server: servers.value };
  const pollIntervalMs = model.polls ? workload.pollIntervalMs : null;
  const traffic = trafficOf({ ...model, ...workload, pollIntervalMs }, TYPICAL_SEQ) ?? { sent: 0, received: 0 };
  const egress = load.delivery * traffic.sent;
  const perServer = workload.clients / servers.value;
  const deliveryUs = cpu.coefficients.find(({ term }) => term === 'delivery')!.value;
  const fanOutMs = (perServer * Math.max(0, deliveryUs)) / 1000;
  return {
    plan: {
      transport: model.transport,
      workload,
      deliveriesPerSecond: load.delivery,
      cores: scaled(predict(cpu, all), 1e-6),
      memoryBytes: predict(memory, all),
      servers,
      limitedBy: most.limitedBy,
      egressBytesPerSecond: egress,
      egressWireBytesPerSecond: egress + headBytes(model, load, traffic.sent),
      ingressBytesPerSecond: load.delivery * traffic.received,
      egressBytesPerHour: egress * 3600,
      egressBytesPerMonth: egress * 3600 * HOURS_PER_MONTH,
      ageMeanMs: ageMeanMs(model, workload, fanOutMs),
      fanOutMs,
      beyond: beyondOf(model, workload, load),
    },
  };
}

/** What one server would be given, were it to serve a workload alone. */
export function plannedLoad({ transport, polls, pollLatest }: CostModel, workload: Workload): Load {
  const { clients, rateHz, pollIntervalMs } = workload;
  const deliveriesHz = polls && pollLatest ? Math.min(rateHz, 1000 / pollIntervalMs) : rateHz;
  return loadOf(transport, clients, clients * deliveriesHz, polls ? pollIntervalMs : null);
}

/**
 * Half a tick, half a poll interval, and half of the time that a server needs to reach all of its clients: what theory says
 * of the mean age, the network left out.
 */
function ageMeanMs({ polls }: CostModel, { rateHz, pollIntervalMs }: Workload, fanOutMs: number): number {
  return 500 / rateHz + (polls ? pollIntervalMs / 2 : fanOutMs / 2);
}

/** Segments carry one write each, or what fits: a tick of a stream, an answer to a poll. */
function headBytes({ polls }: CostModel, load: Load, sentPerDelivery: number): number {
  const writes = polls ? load.poll : load.delivery;
  if (writes === 0) return 0;
  const writeBytes = (load.delivery * sentPerDelivery) / writes;
  return writes * Math.ceil(writeBytes / SEGMENT_BYTES) * SEGMENT_HEAD_BYTES;
}

/** A tenth more than was measured is no extrapolation worth a word. */
const RANGE_TOLERANCE = 1.1;

function beyondOf(model: CostModel, workload: Workload, load: Load): Beyond[] {
  const { range, payloadBytes } = model;
  const checks: readonly (readonly [Beyond['what'], number, Span | null])[] = [
    ['clients', workload.clients, range.clients],
    ['rate', workload.rateHz, range.rateHz],
    ['payload', workload.payloadBytes, { low: payloadBytes, high: payloadBytes }],
    ['poll interval', workload.pollIntervalMs, range.pollIntervalMs],
    ['deliveries per second', load.delivery, range.deliveriesPerSecond],
  ];
  return checks.flatMap(([what, value, span]) => {
    if (span === null) return [];
    const factor = Math.max(value / span.high, span.low / value);
    return factor > RANGE_TOLERANCE ? [{ what, factor }] : [];
  });
}

function scaled({ value, low, high }: Estimate, factor: number): Estimate {
  return { value: value * factor, low: low * factor, high: high * factor };
}
