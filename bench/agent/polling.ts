import type { ClientTransport } from './contract.ts';
import { createPollDriver } from './poll-client.ts';
import { pollingPath } from './routes.ts';
import { everyInterval } from './turns.ts';

/** Short polling; lean clients do it over raw sockets. */
export const polling: ClientTransport = {
  lean: (options, recorder, events) =>
    createPollDriver(options, recorder, events, {
      path: pollingPath(options),
      openingPath: pollingPath(options),
      turns: everyInterval,
    }),
  libraryName: 'autocannon',
  libraryTakesAddress: false,
  library: async () => (await import('./library/autocannon.ts')).createAutocannonPollingDriver,
};
