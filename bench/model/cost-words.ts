// Models and plans in words, for the terminal and the report's page alike. No import of Node.
import { enumerate, formatBytes, formatCount, formatDuration, formatFigure, percent } from '../basics/amounts.ts';
import type { CostModel, Span, TermId, Unidentified } from './cost-model.ts';
import type { Beyond, ServerKind, Workload } from './planner.ts';

/** What a coefficient of server CPU is of. */
export const CPU_TERMS = {
  server: 'per server and second',
  client: 'per client and second',
  delivery: 'per delivery',
  poll: 'per poll',
  wake: 'more per request that finds it idle',
} as const satisfies Record<TermId, string>;

/** What a coefficient of memory is of. */
export const MEMORY_TERMS = { ...CPU_TERMS, server: 'per server', client: 'per client' } as const;

/** The two fits of a model. */
export const FIT_NAMES = { cpu: 'server CPU', memory: 'memory (RSS)' } as const;

/** Why there is no model of that, and the cells that it takes. */
export function noModelText(name: string, { sentence }: Unidentified): string {
  return `${name}: no model: ${sentence}.`;
}

/** Why a model can plan nothing, and the cells that it takes: the cells that identify its CPU identify its memory. */
export function refusalText({ cpu, memory }: Pick<CostModel, 'cpu' | 'memory'>): string | null {
  if (cpu.kind === 'unidentified') return noModelText(FIT_NAMES.cpu, cpu);
  return memory.kind === 'unidentified' ? noModelText(FIT_NAMES.memory, memory) : null;
}

/** `10,000 clients at 1.00 ticks/s of 128 B, polls every 1s`. */
export function workloadText({ clients, rateHz, payloadBytes, pollIntervalMs }: Workload): string {
  return `${formatCount(clients)} clients at ${formatFigure(rateHz)} ticks/s of ${formatBytes(payloadBytes)}, polls every ${formatDuration(pollIntervalMs)}`;
}

/** What the servers of a plan are, and what its figures leave out. */
export function assumptionText({ utilisation, memoryBytes, maxClients }: ServerKind): string {
  return (
    `Servers: ${percent(utilisation)} busy, ${formatBytes(memoryBytes)} each` +
    (maxClients === null ? '' : `, at most ${formatCount(maxClients)} clients each`) +
    '. Egress is counted at the sockets; TCP and IP headers come on top. Mean age is theory, without the network.'
  );
}

/** `clients 500 times and payload 8.00 times`: how far a plan is beyond what was measured. */
export function beyondText(beyond: readonly Beyond[]): string {
  return enumerate(beyond.map(({ what, factor }) => `${what} ${formatFigure(factor)} times`));
}

/** What was measured: `500 to 2,000`, or the only value. */
export function spanText({ low, high }: Span, text: (value: number) => string): string {
  return low === high ? text(low) : `${text(low)} to ${text(high)}`;
}
