import { nowUs } from '../../server/clock.ts';
import { PushbenchError } from '../basics/errors.ts';
import { isLost, type Child } from './child.ts';

/** A process that went missing before its time. */
export type Loss = {
  pid: number;
  /** When it was noticed, on the monotonic clock. */
  atUs: number;
  /** What became of it, beginning with its name. */
  message: string;
};

type Watched = Pick<Child<unknown, unknown>, 'pid' | 'lost' | 'kill'>;

/**
 * Who of a group of processes is still there. A process is lost when it ends before {@link Roster.dismiss}, or when it
 * is given up because it no longer answers; the others go on without it.
 */
export class Roster<C extends Watched> {
  readonly all: readonly C[];
  readonly losses: Loss[] = [];
  /** Resolves when the last one is lost. */
  readonly nobodyLeft: Promise<void>;
  readonly #living: Set<C>;
  readonly #onLoss: (child: C) => void;
  readonly #noteNobodyLeft: () => void;
  #isDismissed = false;

  constructor(children: readonly C[], onLoss: (child: C) => void = () => undefined) {
    this.all = children;
    this.#living = new Set(children);
    this.#onLoss = onLoss;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.nobodyLeft = promise;
    this.#noteNobodyLeft = resolve;
    for (const child of children) child.lost.catch((error: Error) => this.#lose(child, error.message));
  }

  get living(): readonly C[] {
    return this.all.filter((child) => this.#living.has(child));
  }

  isLiving(child: C): boolean {
    return this.#living.has(child);
  }

  /** Ends a process that no longer does its part, and counts it as lost. */
  giveUp(child: C, why: string): void {
    this.#lose(child, `${why}; it was ended`);
    child.kill();
  }

  /**
   * What a process answers; undefined where it is lost before it does.
   *
   * @param answer from `receive`
   * @param onTimeout whether one that does not answer in time is given up or goes on without having answered
   * @throws whatever else ended the wait
   */
  async answer<T>(child: C, answer: Promise<T>, onTimeout: 'give-up' | 'go-on'): Promise<T | undefined> {
    try {
      return await answer;
    } catch (error) {
      if (isLost(error)) return undefined;
      if (!(error instanceof PushbenchError && error.code === 'TIMEOUT')) throw error;
      if (onTimeout === 'give-up') this.giveUp(child, error.message);
      return undefined;
    }
  }

  /** From now on ending is what they are meant to do. */
  dismiss(): void {
    this.#isDismissed = true;
  }

  #lose(child: C, message: string): void {
    if (this.#isDismissed || !this.#living.delete(child)) return;
    this.losses.push({ pid: child.pid, atUs: nowUs(), message });
    this.#onLoss(child);
    if (this.#living.size === 0) this.#noteNobodyLeft();
  }
}
