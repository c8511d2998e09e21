import type { ServerConfig } from './config.ts';
import type { ConnectionTotals } from './connections.ts';
import type { ProcessSample } from './probe.ts';

/** What a server process tells whoever started it. */
export type ServerSample = {
  process: ProcessSample;
  connections: ConnectionTotals;
  slowConsumersCut: number;
  feed: {
    /** Ticks emitted since the start. */
    emitted: number;
    /** Memory of the ticks that the feed keeps: no client's. */
    ringBytes: number;
    /** Emitted - scheduled, since the sample before. */
    latenessP50Us: number;
    latenessP99Us: number;
    latenessMaxUs: number;
  };
};

export type ToServer =
  /** Take a sample at that time on the monotonic clock, or at once when it has passed. */
  { type: 'sample'; id: string; atUs: number; collect: boolean } | { type: 'stop' };

export type FromServer =
  | { type: 'listening'; host: string; port: number; config: ServerConfig }
  | { type: 'failed'; code: string; message: string }
  | { type: 'sample'; id: string; sample: ServerSample };
