// Runs of servers whose costs are known formulas.
import type { RunResult, Trial } from '../../../bench/result/schema.ts';
import { randomFrom } from '../../../bench/basics/random.ts';
import { fixtureResult, type FixtureOptions } from '../../helpers/result-fixture.ts';

/** Microseconds of CPU per second and bytes, as in the model. */
export const TRUTH = {
  cpu: { server: 3000, client: 0.4, delivery: 7, poll: 60, wake: 0 },
  memory: { server: 90e6, client: 12_000 },
} as const;

export const SWEPT: FixtureOptions = {
  clients: [500, 2000],
  rates: [2, 10],
  pollIntervals: [500, 2000],
  blocks: 3,
};

/** A run whose servers cost what {@link TRUTH} says, give or take the noise. */
export function costlyRun(options: FixtureOptions = SWEPT, noise = 0, wakeUs = 0): RunResult {
  return repriced(fixtureResult(options), noise, 5, wakeUs);
}

/** The same run with other noise: fixtures are slow to make. */
export function repriced(result: RunResult, noise: number, seed: number, wakeUs = 0): RunResult {
  const random = randomFrom(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return {
    ...result,
    trials: result.trials.map((trial) => priced(trial, wakeUs, (value) => value * (1 + normal() * noise))),
  };
}

/** A request that finds the server idle, by the share of time that it is, costs a wake-up more. */
function priced(trial: Trial, wakeUs: number, shaken: (value: number) => number): Trial {
  const { cell, phases, ledger } = trial;
  const seconds = phases.measureMs / 1000;
  const polls = cell.pollIntervalMs === null ? 0 : (cell.clients * 1000) / cell.pollIntervalMs;
  const { server, client, delivery, poll } = TRUTH.cpu;
  const requests = cell.transport === 'long-polling' ? ledger.delivered / seconds : polls;
  const awakeUs = server + client * cell.clients + (delivery * ledger.delivered) / seconds + poll * polls;
  const usedUs = (awakeUs + wakeUs * requests) / (1 + (wakeUs * requests) / 1e6);
  const cpuUs = shaken(usedUs * seconds);
  const rssBytes = Math.round(shaken(TRUTH.memory.server + TRUTH.memory.client * cell.clients));
  return { ...trial, server: { ...trial.server, cpuUserUs: cpuUs * 0.6, cpuSystemUs: cpuUs * 0.4, rssBytes } };
}
