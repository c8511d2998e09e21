// What the live page and its server say to each other. It imports nothing of Node: the page's script loads it too.
import { LOOKS } from '../transports/looks.ts';

export type TransportId = keyof typeof LOOKS;

/** In the order in which cards show them. */
export const TRANSPORT_IDS = Object.keys(LOOKS) as TransportId[];

/** What can be changed while the page is watched. */
export type Tuning = { readonly rateHz: number; readonly payloadBytes: number };

/** More than the eye can follow, and little enough that a restart of 10 s fits into the ring of recent ticks. */
export const RATE_HZ = { min: 0.5, max: 50 } as const;

/** The most is bounded by memory: each page keeps a ring of recent ticks of its own. */
export const PAYLOAD_BYTES = { min: 64, max: 16_384 } as const;

/** How long the page's server can be taken away, in seconds. */
export const RESTART_SECONDS = [2, 5, 10] as const;

/** While it is away: nobody listens, or somebody answers 503 in its place, as a load balancer does. */
export type OutageMode = 'refused' | 'unavailable';

/** Times are microseconds on the server's clock. */
export type Outage = { readonly mode: OutageMode; readonly downUs: number; readonly upUs: number | null };

/** What the lab's own server is busy with: a small feed, or one too big for whoever does not read. */
export type LabLoad = 'small' | 'big';

/** What the page is told in its HTML. */
export type PageData = {
  readonly sessionId: string;
  /** Must come back with everything that changes the server. */
  readonly token: string;
  /** Of this page alone: its restarts and its full connection pool disturb no other page. */
  readonly feedPort: number;
  readonly labPort: number;
  readonly tuning: Tuning;
  /** Which benchmark report `/report` shows: the last run's, or the one that comes with the project. */
  readonly report: 'latest' | 'sample' | null;
};

/** Bytes at the server's sockets: request and response heads, framing, payload; not the headers of TCP and IP. */
export type WireCount = {
  readonly sentBytes: number;
  readonly receivedBytes: number;
  /** Open now. */
  readonly connections: number;
  /** Written by the server, not yet taken by the system: where a slow consumer shows. */
  readonly queuedBytes: number;
};

export type Counters = {
  readonly tuning: Tuning;
  /** Emitted - scheduled of the last 256 ticks. */
  readonly emitLateness: { readonly p50Us: number; readonly p99Us: number };
  readonly wire: Readonly<Partial<Record<TransportId, WireCount>>>;
  /** The last one of this page, or the one that is under way. */
  readonly outage: Outage | null;
  readonly lab: {
    readonly connections: number;
    readonly slowConsumersCut: number;
    readonly sendBufferBytes: number;
    readonly readers: Readonly<Partial<Record<LabReader, WireCount>>>;
  };
};

/** How the lab tells its two readers apart, as `?as=` of their requests. */
export type LabReader = 'keen' | 'lazy';

/** Both on the server's clock, in microseconds. */
export type ClockAnswer = { readonly receivedUs: number; readonly sentUs: number };

/** The server's own record of a tick, to compare with the page's. */
export type Emission = { readonly seq: number; readonly dueUs: number; readonly emittedUs: number };

export const CLOCK_PATH = '/live/clock';
export const TOKEN_HEADER = 'x-pushbench-token';

/** Where a session is asked (`counters`, `emissions`: GET) and told (the others: POST). */
export function sessionPath(
  sessionId: string,
  what: 'counters' | 'emissions' | 'tune' | 'cut' | 'restart' | 'lab',
): string {
  return `/live/${sessionId}/${what}`;
}
