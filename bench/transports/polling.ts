import { nowUs } from '../../server/clock.ts';
import { LOOKS } from '../../server/transports/looks.ts';
import { Tally } from '../measure/histogram.ts';
import type { ClientTransport, CreateDriver } from './contract.ts';
import { PollClients } from './poll-client.ts';
import { pollPhases, PollSchedule } from './poll-schedule.ts';
import { pollingPath } from './routes.ts';

/**
 * Short polling over raw sockets: every client asks at its own phase, then every interval, not an interval after the
 * answer. One timer drives them all. A poll that is due while the one before is under way is sent as soon as that one is
 * answered, and its lateness shows. Nobody polls before all clients are open: a server that is busy with polls accepts
 * connections slowly, and the ramp is not what is measured.
 */
const createPollingDriver: CreateDriver = (options, recorder, events) => {
  const latenessUs = new Tally();
  const owedSinceUs = new Float64Array(options.clients);
  const phases = pollPhases(options);
  let schedule: PollSchedule;
  let timer: NodeJS.Timeout | undefined;

  const ask = (client: number, dueUs: number) => {
    latenessUs.record(Math.max(0, nowUs() - dueUs));
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

  return {
    open: (client) => clients.sockets.open(client),
    begin: () => {
      schedule = new PollSchedule(nowUs(), options.poll.intervalUs, phases);
      run();
    },
    stop: () => {
      clearTimeout(timer);
      clients.sockets.stop();
    },
    pollLatenessUs: latenessUs,
    readLagUs: clients.sockets.readLagUs,
  };
};

export const polling: ClientTransport = {
  look: LOOKS.polling,
  polls: true,
  lean: createPollingDriver,
  libraryName: 'autocannon',
  library: async () => (await import('./library/autocannon.ts')).createAutocannonPollingDriver,
};
