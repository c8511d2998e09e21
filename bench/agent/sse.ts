import type { ClientTransport } from './contract.ts';
import { createStreamDriver } from './http-stream.ts';
import { isEventStream, SseParser } from './wire/sse.ts';

/** Server-Sent Events; lean clients read them over raw sockets. */
export const sse: ClientTransport = {
  lean: createStreamDriver({
    accept: 'text/event-stream',
    isStream: isEventStream,
    createParser: (client, deliver, error, passOver) =>
      new SseParser(client, {
        event: (ofClient, buffer, start, end, parser) => {
          if (parser.eventType === 'message') deliver(ofClient, buffer, start, end);
          else passOver();
        },
        error,
      }),
  }),
  libraryName: 'eventsource',
  libraryTakesAddress: false,
  library: async () => (await import('./library/eventsource.ts')).createEventSourceDriver,
};
