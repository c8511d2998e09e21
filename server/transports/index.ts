import type { InstallTransport } from './contract.ts';
import type { TransportId } from './traits.ts';
import { longPolling } from './long-polling.ts';
import { polling } from './polling.ts';
import { sse } from './sse.ts';
import { stream } from './stream.ts';
import { websocket } from './websocket.ts';

/** Every transport of the server; the keys are those of the traits, or it does not compile. */
export const SERVER_TRANSPORTS = {
  polling,
  'long-polling': longPolling,
  sse,
  websocket,
  stream,
} as const satisfies Record<TransportId, InstallTransport>;
