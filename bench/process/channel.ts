import { PushbenchError } from '../errors.ts';

/**
 * A typed line to one process. By default it is child-process IPC; nothing but what makes it may know how messages
 * travel.
 */
export type Channel<Out, In> = {
  send(message: Out): void;
  /** Calls back with every message; returns the function that ends it. */
  onMessage(listener: (message: In) => void): () => void;
  /** Rejects when the process is gone, for whatever reason; never resolves. */
  readonly lost: Promise<never>;
};

/**
 * The next message that `pick` recognises.
 *
 * @param pick undefined for messages that are not meant; what it throws ends the wait
 * @param timeoutMs how long to wait for it
 * @param what named in the error when it does not come in time
 * @throws PushbenchError `TIMEOUT`, or whatever ended the process
 */
export function receive<In, T>(
  channel: Channel<never, In> | Channel<unknown, In>,
  pick: (message: In) => T | undefined,
  timeoutMs: number,
  what: string,
): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const off = channel.onMessage((message) => {
    try {
      const picked = pick(message);
      if (picked !== undefined) resolve(picked);
    } catch (error) {
      reject(error);
    }
  });
  const timer = setTimeout(
    () => reject(new PushbenchError('defect', 'TIMEOUT', `${what}: no answer in ${timeoutMs} ms`)),
    timeoutMs,
  );
  return Promise.race([promise, channel.lost]).finally(() => {
    off();
    clearTimeout(timer);
  });
}
