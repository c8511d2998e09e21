import { MAX_OPENING } from '../agent/messages.ts';
import { AFTER } from '../agent/routes.ts';
import { transportOf } from '../../server/transports/traits.ts';
import { targetOf } from '../result/entrant.ts';
import { networkOf } from '../result/network.ts';
import type { Cell, Settings } from '../result/schema.ts';
import { LEAST_MS } from './warm-up.ts';
import { windowMs } from './window.ts';

/** How long the phases of one trial of a cell take at most, and which times are fixed. */
export type Timing = { startMs: number; rampMs: number; warmupMs: number; measureMs: number; drainMs: number };

/** Ready server and agents; measured on two slow cores. */
const START_MS = 700;

/** Two namespaces and the wire between them. */
const NETWORK_MS = 800;

/** How long a late delivery is waited for, beyond the time that its transport may rightly take. */
const DRAIN_MARGIN_MS = 2000;

/** What TCP may take to bring a segment that is lost again and again: 200 ms, and twice as long each time. */
const REPEATS_MS = 3000;

/** What one trial of the cell takes. A drain is usually much shorter than its bound. */
export function timing(cell: Cell, settings: Settings): Timing {
  const pollMs = cell.pollIntervalMs ?? 0;
  const tickMs = 1000 / cell.rateHz;
  const network = networkOf(cell);
  const oneWayMs = network ? network.delayMs + network.jitterMs : 0;
  // A client is open after two round trips, and each agent opens so many at a time.
  const openingMs = 4 * oneWayMs * Math.ceil(cell.clients / (settings.agents * MAX_OPENING));
  const rampMs =
    Math.max((cell.clients / settings.rampPerSecond) * 1000, opensByTick(cell, settings) * tickMs) + openingMs;
  return {
    startMs: START_MS + (network ? NETWORK_MS : 0),
    rampMs,
    // By the start of the window every client must have polled once and must hold a tick, or it has no age yet. The
    // window begins halfway between two ticks, which costs up to one tick more.
    warmupMs: Math.max(settings.warmupMs === 'auto' ? LEAST_MS : settings.warmupMs, pollMs, tickMs) + 4 * oneWayMs,
    measureMs: windowMs(settings.durationMs, cell.rateHz),
    drainMs: pollMs + tickMs + DRAIN_MARGIN_MS + 4 * oneWayMs + (network && network.loss > 0 ? REPEATS_MS : 0),
  };
}

/**
 * How many ticks it takes at most to open the clients of a server that holds their first request until the next one, as a long
 * poll of another server may be: so many at a time wait for it. 0: none is held.
 */
function opensByTick({ transport, clients }: Cell, settings: Settings): number {
  const id = transportOf(transport);
  const path = id === 'long-polling' ? targetOf(transport, settings)?.transports[id]?.path : undefined;
  return path === undefined || path.includes(AFTER) ? 0 : Math.ceil(clients / settings.agents / MAX_OPENING) + 1;
}
