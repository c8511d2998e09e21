import type { MetricInfo, Trial } from '../result/schema.ts';

/** A figure of a trial that is summarised, compared, asserted on and drawn; `null` where the trial has none. */
export type Metric = MetricInfo & { readonly of: (trial: Trial) => number | null };

const latency = (key: 'mean' | 'p50' | 'p90' | 'p99' | 'p999' | 'max') => (trial: Trial) =>
  trial.latencyUs.count === 0 ? null : trial.latencyUs[key];

/** Of what lies beyond a percentile, so many must have been seen for it to be more than an accident. */
const FEWEST_BEYOND = 10;

/** What the witnesses are too few to tell is left out; results without witnesses have it from all clients. */
const tail = (key: 'p999' | 'max', beyond: number) => (trial: Trial) =>
  trial.witnesses && trial.latencyUs.count * beyond < FEWEST_BEYOND ? null : latency(key)(trial);

const age = (key: 'mean' | 'p50' | 'p99' | 'meanPeak') => (trial: Trial) =>
  trial.ageUs.observedClientSeconds === 0 ? null : trial.ageUs[key];

const ratio = (part: number, whole: number) => (whole === 0 ? null : part / whole);

/** Every metric, in the order in which tables show them. */
export const METRICS = [
  { id: 'p50', label: 'latency p50', unit: 'us', better: 'lower', of: latency('p50') },
  { id: 'p90', label: 'latency p90', unit: 'us', better: 'lower', of: latency('p90') },
  { id: 'p99', label: 'latency p99', unit: 'us', better: 'lower', of: latency('p99') },
  { id: 'p999', label: 'latency p99.9', unit: 'us', better: 'lower', of: tail('p999', 0.001) },
  { id: 'max', label: 'latency max', unit: 'us', better: 'lower', of: tail('max', 0) },
  { id: 'mean', label: 'latency mean', unit: 'us', better: 'lower', of: latency('mean') },
  { id: 'ageMean', label: 'age mean', unit: 'us', better: 'lower', of: age('mean') },
  { id: 'ageP99', label: 'age p99', unit: 'us', better: 'lower', of: age('p99') },
  { id: 'agePeak', label: 'age mean peak', unit: 'us', better: 'lower', of: age('meanPeak') },
  {
    id: 'coverage',
    label: 'coverage',
    unit: 'ratio',
    better: 'higher',
    of: (t) => ratio(t.ledger.delivered + t.ledger.coalesced, t.ledger.expected),
  },
  { id: 'missed', label: 'missed', unit: 'count', better: 'lower', of: (t) => t.ledger.missed },
  { id: 'duplicate', label: 'duplicate', unit: 'count', better: 'lower', of: (t) => t.ledger.duplicate },
  {
    id: 'bytes',
    label: 'bytes per delivery',
    unit: 'bytes',
    better: 'lower',
    of: (t) =>
      t.bytes.perDelivery === null ? null : (t.bytes.perDeliverySent ?? 0) + (t.bytes.perDeliveryReceived ?? 0),
  },
  { id: 'cpu', label: 'server CPU per delivery', unit: 'us', better: 'lower', of: (t) => t.server.cpuPerDeliveryUs },
  {
    id: 'cpuCores',
    label: 'server CPU',
    unit: 'cores',
    better: 'lower',
    of: serverCores,
  },
  {
    id: 'memory',
    label: 'server memory held per client',
    unit: 'bytes',
    better: 'lower',
    of: (t) => (t.clients.connected === 0 ? null : t.server.heapPerClientBytes),
  },
  {
    id: 'rss',
    label: 'server RSS growth per client',
    unit: 'bytes',
    better: 'lower',
    of: (t) => (t.clients.connected === 0 ? null : t.server.rssPerClientBytes),
  },
  {
    id: 'connectP99',
    label: 'connect p99',
    unit: 'us',
    better: 'lower',
    of: (t) => (t.connectUs.count === 0 ? null : t.connectUs.p99),
  },
  {
    id: 'agentCpu',
    label: 'agent CPU per delivery',
    unit: 'us',
    better: 'lower',
    of: (t) =>
      ratio(
        t.agents.reduce((sum, a) => sum + a.cpuUserUs + a.cpuSystemUs, 0),
        t.ledger.delivered,
      ),
  },
  {
    id: 'errors',
    label: 'connection errors',
    unit: 'count',
    better: 'lower',
    of: (t) => t.clients.failed + t.clients.dropped,
  },
] as const satisfies readonly Metric[];

/** The metrics without their functions, as the result file carries them. */
export function metricInfos(): MetricInfo[] {
  return METRICS.map(({ id, label, unit, better }) => ({ id, label, unit, better }));
}

/** Cores that the server's processes kept busy in the measured window; null where there was none, or nobody metered them. */
export function serverCores({ server, phases }: Pick<Trial, 'server' | 'phases'>): number | null {
  const { cpuUserUs, cpuSystemUs } = server;
  return cpuUserUs === null || cpuSystemUs === null ? null : ratio(cpuUserUs + cpuSystemUs, phases.measureMs * 1000);
}
