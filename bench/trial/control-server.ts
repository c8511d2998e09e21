// Entry of the control against which servers are measured: `node bench/trial/control-server.ts CONFIG TRANSPORT`. It keeps the
// feed's schedule and writes the same bytes to as many sockets, on Node's bare `net`: no HTTP, no routes, no cursors, no
// bounds. What the server costs beyond this is its own. It obeys the same messages as a server (server/control.ts).
import { Buffer } from 'node:buffer';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { ABOUT_PATH, type About } from '../../server/about.ts';
import type { ServerConfig } from '../../server/config.ts';
import { ConnectionCounter } from '../../server/connections.ts';
import { obey, send } from '../../server/control.ts';
import { Emissions } from '../../server/feed/emissions.ts';
import { Feed } from '../../server/feed/feed.ts';
import type { Tick } from '../../server/feed/tick.ts';
import { Probe } from '../../server/probe.ts';
import { leaveTerminalToController } from '../../server/stop-signals.ts';
import { httpChunk } from '../../server/transports/http-stream.ts';
import { sseEvent } from '../../server/transports/sse.ts';
import { streamLine } from '../../server/transports/stream.ts';
import { textFrame } from '../../server/transports/websocket.ts';
import type { TransportId } from '../../server/transports/traits.ts';

const probe = new Probe();
const config = JSON.parse(process.argv[2]!) as ServerConfig;
const transport = process.argv[3] as TransportId;

/** What Node's HTTP puts before a body of ticks. */
const HEAD =
  'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nCache-Control: no-store\r\nContent-Length: 1234\r\n' +
  'Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nConnection: keep-alive\r\nKeep-Alive: timeout=660\r\n\r\n';

/** What a tick is to those whom it is pushed to. */
const FRAMES: Readonly<Record<TransportId, ((tick: Tick) => Buffer) | null>> = {
  polling: null,
  'long-polling': null,
  sse: (tick) => Buffer.from(httpChunk(sseEvent(tick)), 'latin1'),
  websocket: textFrame,
  stream: (tick) => Buffer.from(httpChunk(streamLine(tick)), 'latin1'),
};

const feed = new Feed(config);
let emissions: Emissions | undefined;
const sockets: Socket[] = [];
/** Of long polling: whoever has asked since the last tick. */
let asked: Socket[] = [];
let answer: Buffer = Buffer.alloc(0);

const server = createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => undefined);
  socket.once('data', (request) => {
    if (request.toString('latin1').startsWith(`GET ${ABOUT_PATH} `)) return void socket.end(about());
    sockets.push(socket);
    take(socket);
    return void socket.on('data', () => take(socket));
  });
});
const connections = new ConnectionCounter(server);

feed.subscribe((tick) => {
  if (transport === 'polling') {
    answer = bodyOf(feed.since(tick.seq - config.rateHz));
  } else if (transport === 'long-polling') {
    const now = asked;
    asked = [];
    writeAll(now, bodyOf([tick]));
  } else {
    writeAll(sockets, FRAMES[transport]!(tick));
  }
});

server.listen({ host: config.host, port: config.port, backlog: config.backlog }, () => {
  emissions = new Emissions(feed);
  send({ type: 'listening', host: config.host, port: (server.address() as AddressInfo).port, config });
});

obey(stop, (collect) => ({
  process: probe.sample({ collect }),
  connections: connections.totals(),
  slowConsumersCut: 0,
  feed: emissions!.sample(),
}));
leaveTerminalToController();

/** A request has come. */
function take(socket: Socket): void {
  if (transport === 'polling') socket.write(answer);
  else if (transport === 'long-polling') asked.push(socket);
}

/** The answer to whoever makes sure that this is the feed that is meant. */
function about(): string {
  const { rateHz, payloadBytes, seed, startUs } = config;
  const body = JSON.stringify({ service: 'pushbench', rateHz, payloadBytes, seed, startUs } satisfies About);
  return `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`;
}

function writeAll(to: readonly Socket[], bytes: Buffer): void {
  for (const socket of to) socket.write(bytes);
}

function bodyOf(ticks: readonly Tick[]): Buffer {
  return Buffer.from(`${HEAD}[${ticks.map((tick) => tick.text).join(',')}]`, 'latin1');
}

function stop(): void {
  feed.stop();
  server.close();
  connections.destroyAll();
  probe.stop();
  if (process.connected) process.disconnect?.();
}
