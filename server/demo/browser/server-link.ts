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

export type ServerLink = ReturnType<typeof serverLink>;

/** Asks and tells this page's own server; the page is of the same origin. */
export function serverLink({ sessionId, token }: PageData) {
  /** The server's answer; null when there is none, or it refused. */
  const post = async (what: 'tune' | 'cut' | 'restart' | 'lab', body: object): Promise<Response | null> => {
    try {
      const response = await fetch(sessionPath(sessionId, what), {
        method: 'POST',
        headers: { 'content-type': 'application/json', [TOKEN_HEADER]: token },
        body: JSON.stringify(body),
      });
      return response.ok ? response : null;
    } catch {
      return null;
    }
  };
  /** Whether the server did it. */
  const tell = async (...asked: Parameters<typeof post>) => (await post(...asked)) !== null;

  return {
    /** @returns null when the server has forgotten this page, as one that was started anew. @throws Error when it is gone */
    counters: async (): Promise<Counters | null> => {
      const response = await fetch(sessionPath(sessionId, 'counters'));
      if (response.status === 404) return null;
      if (!response.ok) throw new Error(`HTTP ${response.status}`);
      return (await response.json()) as Counters;
    },
    /** How many connections the server destroyed; none when it does not answer. */
    cut: async (transport: TransportId): Promise<number> => {
      const answer = await post('cut', { transport });
      return answer ? ((await answer.json()) as { cut: number }).cut : 0;
    },
    tune: (tuning: Tuning) => tell('tune', tuning),
    restart: (seconds: number, mode: OutageMode) => tell('restart', { seconds, mode }),
    loadLab: (load: LabLoad) => tell('lab', { load }),
  };
}
