import type { InstallTransport } from './contract.ts';
import { longPolling } from './long-polling.ts';
import { polling } from './polling.ts';
import { sse } from './sse.ts';
import { websocket } from './websocket.ts';

/** Every transport of the server. The load agent's registry has the same keys, or it does not compile. */
export const SERVER_TRANSPORTS = {
  polling,
  'long-polling': longPolling,
  sse,
  websocket,
} as const satisfies Record<string, InstallTransport>;

export type TransportId = keyof typeof SERVER_TRANSPORTS;
