import type { RunOptions } from './options.ts';
import { isPinned, pinMachine, type PinMachine } from '../machine/pinning.ts';
import { deriveSeed, randomFrom, shuffled } from '../basics/random.ts';
import type { Cell, Plan, Settings } from '../result/schema.ts';
import { asksAtInterval } from '../../server/transports/traits.ts';
import { lookOf } from '../result/entrant.ts';
import { NO_NETWORK } from '../result/network.ts';
import { timing } from '../trial/timing.ts';
import { YARDSTICK_MS } from './yardstick.ts';

/** Progress comes four times a second, so the end of a good drain is noticed this late. */
const USUAL_DRAIN_MS = 400;

/** Every combination of what varies, and the seeded order in which each block runs them. Pure. */
export function createPlan(options: RunOptions, machine: PinMachine = pinMachine()): Plan {
  const cells = createCells(options);
  const settings = settingsOf(options, machine);
  return { cells, settings, order: orderOf(cells, settings) };
}

/** What holds for every cell, by the options and the machine. */
export function settingsOf(options: Pick<RunOptions, keyof Settings>, machine: PinMachine): Settings {
  const { warmupMs, durationMs, blocks, agents, rampPerSecond, serverWorkers, pollLatest, shared, seed } = options;
  const { targets, proxies, baseline } = options;
  const pin = isPinned(options, machine);
  return {
    warmupMs,
    durationMs,
    blocks,
    agents,
    rampPerSecond,
    serverWorkers,
    pin,
    pollLatest,
    ...(shared ? { shared } : {}),
    seed,
    ...(targets ? { targets } : {}),
    ...(baseline === undefined ? {} : { baseline }),
    ...(proxies ? { proxies } : {}),
  };
}

/** Every cell once a block, in random but repeatable order. */
export function orderOf(cells: readonly Cell[], { blocks, seed }: Pick<Settings, 'blocks' | 'seed'>): Plan['order'] {
  const indices = cells.map((_, index) => index);
  return Array.from({ length: blocks }, (_, block) => shuffled(indices, randomFrom(deriveSeed(seed, block))));
}

function createCells(options: RunOptions): Cell[] {
  return options.networks.flatMap((name) => {
    const cells = createCellsOf(options);
    return name === NO_NETWORK ? cells : cells.map((cell) => ({ ...cell, network: name }));
  });
}

function createCellsOf(options: RunOptions): Cell[] {
  const cells: Cell[] = [];
  for (const clients of options.clients) {
    for (const rateHz of options.ratesHz) {
      for (const payloadBytes of options.payloadBytes) {
        for (const transport of options.transports) {
          const intervals = asksAtInterval(transport) ? options.pollIntervalsMs : [null];
          for (const pollIntervalMs of intervals) {
            const { driver, fanOut } = options;
            cells.push({ transport, clients, rateHz, payloadBytes, pollIntervalMs, driver, fanOut });
          }
        }
      }
    }
  }
  return cells;
}

/** How long a run of the plan usually takes, in milliseconds. */
export function estimate(plan: Plan): { trials: number; ms: number; trialMs: (cell: Cell) => number } {
  const trialMs = (cell: Cell) => {
    const { startMs, rampMs, warmupMs, measureMs } = timing(cell, plan.settings);
    const tickMs = 1000 / cell.rateHz;
    return startMs + rampMs + warmupMs + tickMs / 2 + measureMs + (cell.pollIntervalMs ?? 0) + USUAL_DRAIN_MS;
  };
  const { blocks } = plan.settings;
  return {
    trials: plan.cells.length * blocks,
    ms: (plan.cells.reduce((sum, cell) => sum + trialMs(cell), 0) + (plan.settings.shared ? 0 : YARDSTICK_MS)) * blocks,
    trialMs,
  };
}

/** The look of each entrant that the plan uses, in table order. */
export function looksOf(plan: Plan) {
  const used = new Set(plan.cells.map((cell) => cell.transport));
  return [...used].map((entrant) => lookOf(entrant, plan.settings));
}
