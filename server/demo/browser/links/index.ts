import type { TransportId } from '../../../transports/traits.ts';
import type { CreateLink } from './link.ts';
import { createLongPollingLink, createPollingLink } from './poller.ts';
import { createSseLink } from './sse.ts';
import { createStreamLink } from './stream.ts';
import { createWebSocketLink } from './websocket.ts';

/** Every transport as a browser has it, and how it is told whether this browser has it. */
export const LINKS: Readonly<Record<TransportId, { create: CreateLink; isAvailable: () => boolean; needs: string }>> = {
  polling: { create: createPollingLink, isAvailable: () => 'fetch' in window, needs: 'fetch' },
  'long-polling': { create: createLongPollingLink, isAvailable: () => 'fetch' in window, needs: 'fetch' },
  sse: { create: createSseLink, isAvailable: () => 'EventSource' in window, needs: 'EventSource' },
  websocket: { create: createWebSocketLink, isAvailable: () => 'WebSocket' in window, needs: 'WebSocket' },
  stream: {
    create: createStreamLink,
    isAvailable: () => 'TextDecoderStream' in window,
    needs: 'TextDecoderStream',
  },
};
