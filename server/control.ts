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

/**
 * What the system tells of another server's processes; null of what it does not tell, or where nobody said which they are.
 * Also the step in which the CPU since the sample before was counted.
 */
export type ForeignUse = Record<Exclude<keyof ProcessUse, 'atUs'> | 'cpuStepUs', number | null> & { atUs: number };

/** Of a server that ran before the trial: by what it is metered, and whether the process is still the one of the trial's start. */
export type AttachedSample = {
  meter: 'pid' | 'pid-file' | 'cgroup' | null;
  /** Null where nobody said which it is. */
  process: 'same' | 'restarted' | 'gone' | null;
  /** All that is metered. */
  pids: number[];
};

/** What is known of a server that is not ours: what the system tells of its processes, and the feed that it is given. */
export type ForeignSample = {
  process: ForeignUse;
  connections: null;
  slowConsumersCut: null;
  /** Null where it makes its ticks itself. */
  feed: FeedSample | null;
  attached?: AttachedSample;
  /** In a sample that collects: of each tick since the one before that did; else null, and where nothing is published to it. */
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
