import { nowUs } from './clock.ts';
import type { ServerConfig } from './config.ts';
import type { ConnectionTotals } from './connections.ts';
import type { ProcessSample, ProcessUse } from './probe.ts';

/** What a server process tells whoever started it. */
export type ServerSample = {
  process: ProcessSample;
  connections: ConnectionTotals;
  slowConsumersCut: number;
  feed: FeedSample;
};

/** What is known of a server that is not ours: what the system tells of its processes, and the feed that it is given. */
export type ForeignSample = {
  process: ProcessUse;
  connections: null;
  slowConsumersCut: null;
  feed: FeedSample;
  /** In a sample that collects: of each tick since the one before that did; else null. */
  publish: readonly PublishedTick[] | null;
};

/** What became of a tick that was published to a server. */
export type PublishedTick = {
  seq: number;
  /** When it was handed over, on the monotonic clock. */
  sentUs: number;
  /** When the server had taken it; null: not yet, or never. */
  acknowledgedUs: number | null;
  /** Why the server has not taken it. */
  failure?: string;
};

export type FeedSample = {
  /** Ticks emitted since the start. */
  emitted: number;
  /** Memory of the ticks that the feed keeps: no client's. */
  ringBytes: number;
  /** Emitted - scheduled, since the sample before. */
  latenessP50Us: number;
  latenessP99Us: number;
  latenessMaxUs: number;
};

export type ToServer =
  /**
   * Take a sample at that time on the monotonic clock, or at once when it has passed. `collect`: nothing is measured meanwhile, so it
   * may take its time, for a collection of garbage or a long answer.
   */
  { type: 'sample'; id: string; atUs: number; collect: boolean } | { type: 'stop' };

export type FromServer =
  | { type: 'listening'; host: string; port: number; config: ServerConfig }
  | { type: 'failed'; code: string; message: string }
  | { type: 'sample'; id: string; sample: ServerSample | ForeignSample };

/** Tells whoever started this process, if somebody can be told. */
export function send(message: FromServer): void {
  process.send?.(message);
}

/** Does what whoever started this process asks for; once that one is gone it stops, for an orphan would hold the port for ever. */
export function obey(stop: () => void, sample: (collect: boolean) => ServerSample | ForeignSample): void {
  process.once('disconnect', stop);
  process.on('message', (message: ToServer) => {
    if (message.type === 'stop') return stop();
    const take = () => send({ type: 'sample', id: message.id, sample: sample(message.collect) });
    const waitMs = (message.atUs - nowUs()) / 1000;
    if (waitMs > 0) setTimeout(take, Math.ceil(waitMs));
    else take();
  });
}
