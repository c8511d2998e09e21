import type { Tuning } from './protocol.ts';
import { startSession, type Session } from './session.ts';

/** Each is two listening ports and two feeds. */
const MAX_SESSIONS = 12;

/** Longer than a minute: that is how seldom browsers let a hidden page speak. */
const FORGOTTEN_MS = 150_000;

/** A page that is being reloaded or has just lost all its connections may be silent for that long. */
const REPLACEABLE_MS = 5000;

const SWEEP_MS = 10_000;

/** The open pages, bounded in number and in life. */
export class Sessions {
  readonly #open = new Map<string, Session>();
  readonly #tuning: Tuning;
  readonly #sweep: NodeJS.Timeout;
  #starting = 0;

  constructor(tuning: Tuning) {
    this.#tuning = tuning;
    this.#sweep = setInterval(() => this.#end(this.#idle(FORGOTTEN_MS)), SWEEP_MS).unref();
  }

  /** A new one for a page of that origin, or `undefined` when as many pages are open as there may be. */
  async start(pageOrigin: string): Promise<Session | undefined> {
    if (this.#open.size + this.#starting >= MAX_SESSIONS) {
      this.#end(this.#idle(REPLACEABLE_MS).slice(0, 1));
      if (this.#open.size + this.#starting >= MAX_SESSIONS) return undefined;
    }
    this.#starting++;
    try {
      const session = await startSession(this.#tuning, pageOrigin);
      this.#open.set(session.id, session);
      return session;
    } finally {
      this.#starting--;
    }
  }

  get size(): number {
    return this.#open.size;
  }

  get(id: string): Session | undefined {
    return this.#open.get(id);
  }

  async stop(): Promise<void> {
    clearInterval(this.#sweep);
    const all = [...this.#open.values()];
    this.#open.clear();
    await Promise.all(all.map((session) => session.stop()));
  }

  /** Those that nobody has asked for that long, the longest first. */
  #idle(forMs: number): Session[] {
    return [...this.#open.values()].filter(({ idleMs }) => idleMs > forMs).toSorted((a, b) => b.idleMs - a.idleMs);
  }

  #end(sessions: readonly Session[]): void {
    for (const session of sessions) {
      this.#open.delete(session.id);
      void session.stop();
    }
  }
}
