import type { TransportId } from '../../../transports/traits.ts';
import type { CreateLink } from './link.ts';
import { createLongPollingLink, createPollingLink } from './poller.ts';
import { createSseLink } from './sse.ts';
import { createStreamLink } from './stream.ts';
import { createWebSocketLink } from './websocket.ts';

/** Every transport as a browser has it, and the name of what the browser must have for it. */
export const LINKS: Readonly<Record<TransportId, { create: CreateLink; needs: string }>> = {
  polling: { create: createPollingLink, needs: 'fetch' },
  'long-polling': { create: createLongPollingLink, needs: 'fetch' },
  sse: { create: createSseLink, needs: 'EventSource' },
  websocket: { create: createWebSocketLink, needs: 'WebSocket' },
  stream: { create: createStreamLink, needs: 'TextDecoderStream' },
};
