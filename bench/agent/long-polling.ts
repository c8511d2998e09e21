import type { ClientTransport } from './contract.ts';
import { createPollDriver } from './poll-client.ts';
import { longPollingOpeningPath, longPollingPath } from './routes.ts';
import { atOnce } from './turns.ts';

/** Long polling; lean clients do it over raw sockets. */
export const longPolling: ClientTransport = {
  lean: (options, recorder, events) =>
    createPollDriver(options, recorder, events, {
      path: longPollingPath(options),
      openingPath: longPollingOpeningPath(options),
      turns: atOnce,
    }),
  libraryName: 'autocannon',
  libraryTakesAddress: false,
  library: async () => (await import('./library/autocannon.ts')).createAutocannonLongPollingDriver,
};
