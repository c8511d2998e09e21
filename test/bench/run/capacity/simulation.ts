// Servers that exist as formulas, for searches of which the answer is known.
import { nextStep, type Range, type SearchEnd, type SearchStep } from '../../../../bench/run/capacity/search.ts';
import { randomFrom } from '../../../../bench/basics/random.ts';

/** The score of a trial at a level; draws its noise from `random`. */
export type FakeServer = (level: number, random: () => number) => number;

export const RANGE: Range = { min: 100, max: 200_000, round: Math.round };
const LIMIT_MS = 100;
/** Clients that keep a fake server busy all the time. */
const BUSY_AT = 20_000;

/** p99 = base + perClient x clients, times log-normal noise; some trials are disturbed and come out worse. */
export function fanOutServer(
  noise: number,
  {
    disturbed = 0,
    baseMs = 3,
    perClientMs = 0.0085,
  }: { disturbed?: number; baseMs?: number; perClientMs?: number } = {},
): FakeServer {
  return (level, random) => {
    const hiccup = random() < disturbed ? Math.abs(normal(random)) * 0.7 : 0;
    return Math.log((baseMs + perClientMs * level) / LIMIT_MS) + normal(random) * noise + hiccup;
  };
}

/** Prompt up to about `at`, hopeless beyond. */
export function cliffServer(noise: number, at: number): FakeServer {
  return (level, random) => {
    const load = level / (at * Math.exp(normal(random) * noise));
    return Math.log((load < 1 ? 5 / (1.02 - load) ** 0.7 : 5000 * load) / LIMIT_MS);
  };
}

/** As short polling: the figure is the wait for the next poll, just under the limit, until the server is full. */
export function floorServer(noise: number, at: number): FakeServer {
  return (level, random) => {
    const load = level / (at * Math.exp(normal(random) * noise));
    return load < 1 ? Math.log(0.9) + normal(random) * 0.003 : Math.abs(normal(random)) * 0.6;
  };
}

/** Only tells whether it held. */
export function countingServer(noise: number, at: number): FakeServer {
  return (level, random) =>
    level <= at * Math.exp(normal(random) * noise) ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

export function search(server: FakeServer, seed: number, range = RANGE): { end: SearchEnd; steps: SearchStep[] } {
  const random = randomFrom(seed);
  const steps: SearchStep[] = [];
  for (;;) {
    const next = nextStep(steps, range);
    if (next.type === 'end') return { end: next.end, steps };
    if (steps.length >= 200) throw new Error('the search does not end');
    const score = server(next.level, random);
    const busy = Math.min(1, next.level / BUSY_AT);
    steps.push({ level: next.level, stage: next.stage, score, busy, outcome: score <= 0 ? 'pass' : 'fail' });
  }
}

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
