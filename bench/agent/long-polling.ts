import type { ClientTransport } from './contract.ts';
import { createPollDriver } from './poll-client.ts';
import { LONG_POLLING_PATH } from './routes.ts';
import { atOnce } from './turns.ts';

/** Long polling; lean clients do it over raw sockets. */
export const longPolling: ClientTransport = {
  lean: (options, recorder, events) =>
    createPollDriver(options, recorder, events, { path: LONG_POLLING_PATH, turns: atOnce }),
  libraryName: 'autocannon',
  libraryTakesAddress: false,
  library: async () => (await import('./library/autocannon.ts')).createAutocannonLongPollingDriver,
};
