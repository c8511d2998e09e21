import { Type, type Static } from 'typebox';
import { Faults, NO_FAULTS } from './feed/faults.ts';
import { FeedSource } from './feed/source.ts';
import { MAX_PAYLOAD_BYTES, MIN_PAYLOAD_BYTES } from './feed/tick.ts';
import { FanOutMode } from './fan-out-mode.ts';

/** Everything that a server process is told at its start. Each property has a default; see {@link serverConfig}. */
export const ServerConfig = Type.Object(
  {
    host: Type.String({ minLength: 1, description: 'address to listen on' }),
    port: Type.Integer({ minimum: 0, maximum: 65_535, description: '0 takes a free one' }),
    reusePort: Type.Boolean({ description: 'share the port with other server processes (SO_REUSEPORT)' }),
    backlog: Type.Integer({ minimum: 1, description: 'listen queue; the kernel caps it at net.core.somaxconn' }),
    feed: FeedSource,
    startUs: Type.Integer({
      minimum: 0,
      description: 'when tick 1 is due, on the monotonic clock; 0 is one second from the start',
    }),
    rateHz: Type.Number({ exclusiveMinimum: 0, maximum: 10_000, description: 'ticks per second' }),
    payloadBytes: Type.Integer({ minimum: MIN_PAYLOAD_BYTES, maximum: MAX_PAYLOAD_BYTES }),
    seed: Type.Integer({ minimum: 0, description: 'of the padding and the fan-out order' }),
    ringTicks: Type.Integer({ minimum: 1, description: 'recent ticks kept for cursors and resumption' }),
    fanOut: FanOutMode,
    maxConnections: Type.Integer({
      minimum: 1,
      description: 'open connections beyond which one more is answered 503; the limit of open files may be lower',
    }),
    headersTimeoutMs: Type.Integer({ minimum: 10, description: 'time for the head of a request to arrive' }),
    requestTimeoutMs: Type.Integer({ minimum: 10, description: 'time for a whole request to arrive' }),
    heartbeatMs: Type.Integer({
      minimum: 10,
      maximum: 15_000,
      description: 'silence after which a stream is given a sign of life',
    }),
    sendBufferBytes: Type.Integer({ minimum: 1024, description: 'queued bytes at which a slow consumer is cut' }),
    stalledMs: Type.Integer({
      minimum: 10,
      description: 'a client that takes nothing of what is queued for it for this long, up to twice, is cut',
    }),
    longPollWaitMs: Type.Integer({ minimum: 1, maximum: 60_000, description: 'longest wait that a long poll is held' }),
    stopMs: Type.Integer({ minimum: 0, description: 'how long a stop waits for clients to leave' }),
    allowedOrigins: Type.Array(Type.String(), {
      description: 'origins, beside its own, whose pages may open WebSockets',
    }),
    faults: Faults,
  },
  { additionalProperties: false },
);
export type ServerConfig = Static<typeof ServerConfig>;

const DEFAULTS: ServerConfig = {
  host: '127.0.0.1',
  port: 0,
  reusePort: false,
  backlog: 16_384,
  feed: 'self',
  startUs: 0,
  rateHz: 10,
  payloadBytes: 128,
  seed: 1,
  ringTicks: 1024,
  fanOut: 'prepared',
  maxConnections: 1_000_000,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 15_000,
  heartbeatMs: 15_000,
  sendBufferBytes: 1024 * 1024,
  stalledMs: 30_000,
  longPollWaitMs: 25_000,
  stopMs: 1000,
  allowedOrigins: [],
  faults: NO_FAULTS,
};

/** A whole configuration from the parts that differ from the defaults. */
export function serverConfig(overrides: Partial<ServerConfig> = {}): ServerConfig {
  return { ...DEFAULTS, ...overrides };
}
