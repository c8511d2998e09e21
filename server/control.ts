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
export type ForeignSample = { process: ProcessUse; connections: null; slowConsumersCut: null; feed: FeedSample };

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
  /** Take a sample at that time on the monotonic clock, or at once when it has passed. */
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
