import { uptime } from 'node:os';
import { nowUs } from '../../server/clock.ts';
import { throttledUs } from './control-groups.ts';
import { allowedCores } from './cores.ts';
import { sumOf } from '../basics/numbers.ts';
import { readText } from '../basics/read-text.ts';

/** Counters of the whole host, since it started; null where the system does not tell. */
export type HostSample = {
  cpuTicks: CpuTicks | null;
  /** Time in which the cores that this process may use worked, for whomever, since the machine started. */
  busyUs: number | null;
  /** CPU time of this process. */
  ownUs: number;
  tcp: { segmentsSent: number; retransmitted: number } | null;
  /** Connections dropped from full listen queues, of any program in this network namespace. */
  listenOverflows: number | null;
  /** Memory of all TCP buffers now. */
  kernelSocketBytes: number | null;
  /** Time in which this process's control groups were denied CPU, summed over the cores that it may use. */
  throttledUs: number | null;
  /** How many these are. */
  allowedCores: number;
  swappedPages: number | null;
  /** On the monotonic clock, which under Linux stands still while the machine is asleep, and on one that goes on. */
  atUs: number;
  uptimeUs: number;
};

/** The columns of /proc/stat, in their order. */
const CPU_STATES = ['user', 'nice', 'system', 'idle', 'iowait', 'irq', 'softirq', 'steal'] as const;

type CpuTicks = Record<(typeof CPU_STATES)[number], number>;

const PAGE_BYTES = 4096;

/** Microseconds of a clock tick in /proc: USER_HZ is 100 on every Linux that Node runs on. */
export const TICK_US = 10_000;

/**
 * Reads the counters from /proc; every part is null elsewhere than under Linux.
 *
 * @param netOf processes in the network namespaces of server and clients, where these are not this process's
 */
export function sampleHost(netOf?: { server: number; clients: number }): HostSample {
  const stat = readText('/proc/stat');
  const cores = allowedCores();
  const own = process.cpuUsage();
  return {
    cpuTicks: parseCpu(stat, 'cpu'),
    busyUs: stat === null ? null : sumOf(cores.map((core) => busyUs(parseCpu(stat, `cpu${core}`)))),
    ownUs: own.user + own.system,
    tcp: netOf ? tcpOfBoth(netOf.server, netOf.clients) : tcpOf('self'),
    listenOverflows: parseListenOverflows(readText(`/proc/${netOf?.server ?? 'self'}/net/netstat`)),
    kernelSocketBytes: parseSockets(readText('/proc/net/sockstat')),
    throttledUs: throttledUs(),
    allowedCores: cores.length,
    swappedPages: parseSwapped(readText('/proc/vmstat')),
    atUs: nowUs(),
    uptimeUs: uptime() * 1e6,
  };
}

/** First and last port that the system gives to outgoing connections; null where it does not tell. */
export function portRange(): readonly [number, number] | null {
  const [first, last] = (readText('/proc/sys/net/ipv4/ip_local_port_range') ?? '').trim().split(/\s+/).map(Number);
  return first === undefined || last === undefined || Number.isNaN(first + last) ? null : [first, last];
}

/** Connections that a listen queue holds at most; null where the system does not tell. */
export function listenQueue(): number | null {
  const text = readText('/proc/sys/net/core/somaxconn');
  return text === null ? null : Number(text);
}

/** Shares of all cores between two samples, adding up to 1. */
export function cpuShares(from: HostSample, to: HostSample) {
  if (!from.cpuTicks || !to.cpuTicks) return null;
  const spent = (key: keyof CpuTicks) => to.cpuTicks![key] - from.cpuTicks![key];
  const total = CPU_STATES.reduce((sum, key) => sum + spent(key), 0);
  const share = (ticks: number) => (total === 0 ? 0 : Math.max(0, ticks / total));
  return {
    user: share(spent('user')),
    system: share(spent('system')),
    softirq: share(spent('softirq')),
    steal: share(spent('steal')),
    idle: share(spent('idle')),
    other: share(spent('nice') + spent('iowait') + spent('irq')),
  };
}

function busyUs(ticks: CpuTicks | null): number {
  return ticks === null ? 0 : (ticks.user + ticks.nice + ticks.system + ticks.irq + ticks.softirq) * TICK_US;
}

function parseCpu(stat: string | null, name: string): CpuTicks | null {
  const line = stat?.split('\n').find((text) => text.startsWith(`${name} `));
  if (!line) return null;
  const [, ...ticks] = line.trim().split(/\s+/);
  return Object.fromEntries(CPU_STATES.map((state, index) => [state, Number(ticks[index] ?? 0)])) as CpuTicks;
}

function tcpOf(process: number | 'self'): HostSample['tcp'] {
  return parseTcp(readText(`/proc/${process}/net/snmp`));
}

function tcpOfBoth(server: number, clients: number): HostSample['tcp'] {
  const [a, b] = [tcpOf(server), tcpOf(clients)];
  return a && b && { segmentsSent: a.segmentsSent + b.segmentsSent, retransmitted: a.retransmitted + b.retransmitted };
}

function parseTcp(snmp: string | null): HostSample['tcp'] {
  const at = counters(snmp, 'Tcp:');
  return at && { segmentsSent: at('OutSegs'), retransmitted: at('RetransSegs') };
}

/** Of /proc/net/netstat; null where it does not tell. */
export function parseListenOverflows(netstat: string | null): number | null {
  const count = counters(netstat, 'TcpExt:')?.('ListenOverflows') ?? Number.NaN;
  return Number.isNaN(count) ? null : count;
}

/** Reads one of two lines, of names and of their values; NaN for a name that is not there. */
function counters(text: string | null, prefix: string): ((name: string) => number) | null {
  const [names, values] = (text ?? '')
    .split('\n')
    .filter((line) => line.startsWith(prefix))
    .map((line) => line.split(' '));
  if (!names || !values) return null;
  return (name) => Number(values[names.indexOf(name)]);
}

function parseSockets(sockstat: string | null): number | null {
  const pages = /^TCP: .* mem (\d+)/m.exec(sockstat ?? '')?.[1];
  return pages === undefined ? null : Number(pages) * PAGE_BYTES;
}

/** Pages that were swapped in and out. */
function parseSwapped(vmstat: string | null): number | null {
  const pages = [...(vmstat ?? '').matchAll(/^pswp(?:in|out) (\d+)$/gm)].map(([, count]) => Number(count));
  return pages.length === 0 ? null : pages.reduce((sum, count) => sum + count, 0);
}

/** What a counter grew by between two samples; null where the system does not tell. */
export function grown(from: number | null, to: number | null): number | null {
  return from === null || to === null ? null : Math.max(0, to - from);
}
