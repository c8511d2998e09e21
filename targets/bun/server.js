// Bun alone: each line of standard input goes to every client of /events (SSE) and /ws (WebSocket).
import { createInterface } from 'node:readline';

const MOST_UNSENT_BYTES = 4 * 1024 * 1024; // a client that is further behind is cut
const unsent = new ByteLengthQueuingStrategy({ highWaterMark: MOST_UNSENT_BYTES });
const streams = new Set();

function eventStream() {
  let stream;
  const start = (controller) => {
    streams.add((stream = controller));
    stream.enqueue(Buffer.from(': hello\n\n')); // the head leaves with the first bytes of the body
  };
  const cancel = () => streams.delete(stream);
  const body = new ReadableStream({ start, cancel }, unsent);
  return new Response(body, { headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store' } });
}

const server = Bun.serve({
  hostname: '127.0.0.1',
  port: Number(process.argv[2] ?? process.env.PORT),
  idleTimeout: 0, // silence is no reason to close an event stream: Bun's limit is 10 s
  fetch(request, server) {
    const { pathname } = new URL(request.url);
    if (pathname === '/ws' && server.upgrade(request)) return undefined;
    return pathname === '/events' ? eventStream() : new Response(null, { status: 404 });
  },
  websocket: {
    open: (socket) => socket.subscribe('ticks'),
    message: () => undefined,
    backpressureLimit: MOST_UNSENT_BYTES,
    closeOnBackpressureLimit: true,
  },
});

for await (const line of createInterface({ input: process.stdin })) {
  server.publish('ticks', line);
  const event = Buffer.from(`data: ${line}\n\n`);
  for (const stream of streams) {
    if (stream.desiredSize > 0) stream.enqueue(event);
    else if (streams.delete(stream)) stream.error(new Error('too slow'));
  }
}
process.exit();
