import { nowUs } from '../../server/clock.ts';
import { Tally } from './measure/histogram.ts';
import type { DriverOptions } from './contract.ts';
import { pollPhases, PollSchedule } from './poll-schedule.ts';

/**
 * Who asks when, of clients that have one request under way at a time. A driver tells which of its clients may ask; its turns
 * tell each when to. Nobody asks before all clients are open: a server that is busy with requests accepts connections
 * slowly, and the ramp is not what is measured.
 */
export type Turns = {
  /** The client may ask: it has just opened, or was answered. */
  free(client: number): void;
  /** Every client is open or given up. Once. */
  begin(): void;
  /** Nobody is told to ask any more. */
  stop(): void;
  /** Asked - due, where asking has a schedule. */
  readonly latenessUs?: Tally;
};

/** @param ask sends a client's next request */
export type CreateTurns = (options: DriverOptions, ask: (client: number) => void) => Turns;

/** Long polling: whoever is answered asks again at once. */
export const atOnce: CreateTurns = (_, ask) => {
  let waiting: number[] | null = [];
  return {
    free: (client) => {
      if (waiting === null) ask(client);
      else waiting.push(client);
    },
    begin: () => {
      const clients = waiting ?? [];
      waiting = null;
      for (const client of clients) ask(client);
    },
    stop: () => {
      waiting = [];
    },
  };
};

/** Where a client of {@link everyInterval} stands. */
const ABSENT = 0;
const FREE = 1;
const ASKING = 2;

/** Longest that a timer waits, in milliseconds. */
const MAX_WAIT_MS = 60_000;

/**
 * Short polling: every client asks at its own phase, then every interval, not an interval after the answer. One timer drives
 * them all. What is due while the request before is under way is asked as soon as that one is answered, and its lateness
 * shows.
 */
export const everyInterval: CreateTurns = (options, ask) => {
  const latenessUs = new Tally();
  const phases = pollPhases(options);
  const state = new Uint8Array(options.clients);
  const owedSinceUs = new Float64Array(options.clients);
  let timer: NodeJS.Timeout | undefined;

  const askNow = (client: number, dueUs: number) => {
    state[client] = ASKING;
    latenessUs.record(Math.max(0, nowUs() - dueUs));
    ask(client);
  };
  const due = (client: number, dueUs: number) => {
    if (state[client] === FREE) askNow(client, dueUs);
    else if (state[client] === ASKING && owedSinceUs[client] === 0) owedSinceUs[client] = dueUs;
  };
  return {
    free: (client) => {
      const dueUs = owedSinceUs[client]!;
      owedSinceUs[client] = 0;
      if (dueUs === 0) state[client] = FREE;
      else askNow(client, dueUs);
    },
    begin: () => {
      const schedule = new PollSchedule(nowUs(), options.poll.intervalUs, phases);
      const run = () => {
        schedule.run(nowUs(), due);
        const waitMs = Math.ceil((schedule.nextUs() - nowUs()) / 1000);
        timer = setTimeout(run, Math.max(0, Math.min(waitMs, MAX_WAIT_MS)));
      };
      run();
    },
    stop: () => {
      clearTimeout(timer);
      state.fill(ABSENT);
      owedSinceUs.fill(0);
    },
    latenessUs,
  };
};
