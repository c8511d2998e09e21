import { MAX_OPENING } from '../agent/messages.ts';
import { AFTER } from '../agent/routes.ts';
import { transportOf } from '../../server/transports/traits.ts';
import { targetOf } from '../result/entrant.ts';
import type { Cell, Settings } from '../result/schema.ts';
import { LEAST_MS } from './warm-up.ts';
import { windowMs } from './window.ts';

/** How long the phases of one trial of a cell take at most, and which times are fixed. */
export type Timing = { startMs: number; rampMs: number; warmupMs: number; measureMs: number; drainMs: number };

/** Ready server and agents; measured on two slow cores. */
const START_MS = 700;

/** How long a late delivery is waited for, beyond the time that its transport may rightly take. */
const DRAIN_MARGIN_MS = 2000;

/** What one trial of the cell takes. A drain is usually much shorter than its bound. */
export function timing(cell: Cell, settings: Settings): Timing {
  const pollMs = cell.pollIntervalMs ?? 0;
  const tickMs = 1000 / cell.rateHz;
  const rampMs = Math.max((cell.clients / settings.rampPerSecond) * 1000, opensByTick(cell, settings) * tickMs);
  return {
    startMs: START_MS,
    rampMs,
    // By the start of the window every client must have polled once and must hold a tick, or it has no age yet. The
    // window begins halfway between two ticks, which costs up to one tick more.
    warmupMs: Math.max(settings.warmupMs === 'auto' ? LEAST_MS : settings.warmupMs, pollMs, tickMs),
    measureMs: windowMs(settings.durationMs, cell.rateHz),
    drainMs: pollMs + tickMs + DRAIN_MARGIN_MS,
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
