import { nowUs } from '../../server/clock.ts';
import { PushbenchError } from '../basics/errors.ts';

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
 * A timer that is so much late says that this process stood still, as the others may have: what they said meanwhile waits
 * to be read, and what they have not said yet is still to come.
 */
const AWAY_MS = 500;

/**
 * The next message that `pick` recognises.
 *
 * @param pick undefined for messages that are not meant; what it throws ends the wait
 * @param timeoutMs how long to wait for it; as long again where this process stood still meanwhile
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
  let timer: NodeJS.Timeout;
  const wait = () => {
    const dueUs = nowUs() + timeoutMs * 1000;
    timer = setTimeout(() => {
      if (nowUs() - dueUs > AWAY_MS * 1000) wait();
      else reject(new PushbenchError('defect', 'TIMEOUT', `${what}: no answer in ${timeoutMs} ms`));
    }, timeoutMs);
  };
  wait();
  return Promise.race([promise, channel.lost]).finally(() => {
    off();
    clearTimeout(timer);
  });
}
