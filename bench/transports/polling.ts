import { nowUs } from '../../server/clock.ts';
import { createHistogram, record } from '../measure/histogram.ts';
import { deriveSeed, randomFrom, shuffled } from '../random.ts';
import type { ClientTransport, CreateDriver, DriverOptions } from './contract.ts';
import { PollClients } from './poll-client.ts';
import { PollSchedule } from './poll-schedule.ts';

/** The path up to the cursor, the same for the lean and the library driver. */
export function pollingPath(options: DriverOptions): string {
  return `/feed/polling?${options.poll.latestOnly ? 'latest=1&' : ''}after=`;
}

/**
 * Each client's share of the interval at which it polls, random but repeatable with the seed: every client draws from a
 * slice of its own, in random order. Each phase is uniform, and the mean over the clients varies far less than that of
 * independent draws (stratified sampling), so that a small cohort polls like a large one.
 */
export function pollPhases(options: DriverOptions): number[] {
  const random = randomFrom(deriveSeed(options.seed, options.firstClient));
  const slices = shuffled(
    Array.from({ length: options.clients }, (_, slice) => slice),
    random,
  );
  return slices.map((slice) => (slice + random()) / options.clients);
}

/**
 * Short polling over raw sockets: every client asks at its own phase, then every interval, not an interval after the
 * answer. One timer drives them all. A poll that is due while the one before is under way is sent as soon as that one is
 * answered, and its lateness shows.
 */
const createPollingDriver: CreateDriver = (options, recorder, events) => {
  const latenessUs = createHistogram();
  const owedSinceUs = new Float64Array(options.clients);
  const schedule = new PollSchedule(nowUs(), options.poll.intervalUs, pollPhases(options));
  let timer: NodeJS.Timeout | undefined;

  const ask = (client: number, dueUs: number) => {
    record(latenessUs, Math.max(0, nowUs() - dueUs));
    clients.ask(client);
  };
  const clients = new PollClients(options, recorder, events, {
    path: pollingPath(options),
    onOpen: () => undefined,
    onAnswer: (client) => {
      const dueUs = owedSinceUs[client]!;
      if (dueUs === 0) return;
      owedSinceUs[client] = 0;
      ask(client, dueUs);
    },
  });
  const poll = (client: number, dueUs: number) => {
    if (!clients.sockets.isOpen(client)) return;
    if (!clients.isInFlight(client)) ask(client, dueUs);
    else if (owedSinceUs[client] === 0) owedSinceUs[client] = dueUs;
  };
  const run = () => {
    schedule.run(nowUs(), poll);
    const waitMs = (schedule.nextUs() - nowUs()) / 1000;
    timer = setTimeout(run, Math.max(0, Math.min(Math.ceil(waitMs), 60_000)));
  };
  run();

  return {
    open: (client) => clients.sockets.open(client),
    stop: () => {
      clearTimeout(timer);
      clients.sockets.stop();
    },
    pollLatenessUs: latenessUs,
    readLagUs: clients.sockets.readLagUs,
  };
};

export const polling: ClientTransport = {
  look: {
    id: 'polling',
    label: 'polling',
    colour: { light: '#B0568F', dark: '#CC79A7' },
    shape: 'rectRot',
    dash: [2, 3],
  },
  polls: true,
  lean: createPollingDriver,
  libraryName: 'autocannon',
  library: async () => (await import('./library/autocannon.ts')).createAutocannonPollingDriver,
};
