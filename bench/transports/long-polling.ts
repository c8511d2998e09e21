import { LOOKS } from '../../server/transports/looks.ts';
import type { ClientTransport, CreateDriver } from './contract.ts';
import { PollClients } from './poll-client.ts';
import { LONG_POLLING_PATH } from './routes.ts';

/** Long polling over raw sockets: every answer is followed at once by the next request. */
const createLongPollingDriver: CreateDriver = (options, recorder, events) => {
  const ask = (client: number) => clients.ask(client);
  const clients = new PollClients(options, recorder, events, { path: LONG_POLLING_PATH, onOpen: ask, onAnswer: ask });
  const { sockets } = clients;
  return { open: (client) => sockets.open(client), stop: () => sockets.stop(), readLagUs: sockets.readLagUs };
};

export const longPolling: ClientTransport = {
  look: LOOKS['long-polling'],
  polls: false,
  lean: createLongPollingDriver,
  libraryName: 'autocannon',
  library: async () => (await import('./library/autocannon.ts')).createAutocannonLongPollingDriver,
};
