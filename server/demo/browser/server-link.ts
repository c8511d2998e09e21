import {
  sessionPath,
  TOKEN_HEADER,
  type Counters,
  type LabLoad,
  type OutageMode,
  type PageData,
  type Tuning,
} from '../protocol.ts';
import type { TransportId } from '../../transports/traits.ts';

/** Asks and tells this page's own server; the page is of the same origin. */
export class ServerLink {
  readonly #data: PageData;

  constructor(data: PageData) {
    this.#data = data;
  }

  /** @returns null when the server has forgotten this page, as one that was started anew. @throws Error when it is gone */
  async counters(): Promise<Counters | null> {
    const response = await fetch(sessionPath(this.#data.sessionId, 'counters'));
    if (response.status === 404) return null;
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    return (await response.json()) as Counters;
  }

  tune(tuning: Tuning): Promise<boolean> {
    return this.#tell('tune', tuning);
  }

  /** How many connections the server destroyed; none when it does not answer. */
  async cut(transport: TransportId): Promise<number> {
    const answer = await this.#post('cut', { transport });
    return answer ? ((await answer.json()) as { cut: number }).cut : 0;
  }

  restart(seconds: number, mode: OutageMode): Promise<boolean> {
    return this.#tell('restart', { seconds, mode });
  }

  loadLab(load: LabLoad): Promise<boolean> {
    return this.#tell('lab', { load });
  }

  /** Whether the server did it. */
  async #tell(what: 'tune' | 'restart' | 'lab', body: object): Promise<boolean> {
    return (await this.#post(what, body)) !== null;
  }

  /** The server's answer; null when there is none, or it refused. */
  async #post(what: 'tune' | 'cut' | 'restart' | 'lab', body: object): Promise<Response | null> {
    try {
      const response = await fetch(sessionPath(this.#data.sessionId, what), {
        method: 'POST',
        headers: { 'content-type': 'application/json', [TOKEN_HEADER]: this.#data.token },
        body: JSON.stringify(body),
      });
      return response.ok ? response : null;
    } catch {
      return null;
    }
  }
}
