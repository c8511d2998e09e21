import { AbsenceLog } from './absence.ts';
import { Capped, LatencyWindow } from './capped.ts';
import { SequenceLedger } from './sequence.ts';
import type { ReceivedTick } from './tick-text.ts';

/** Where a connection stands: the number that its API gives (pollers have none) and its name. */
export type LinkState = { readonly code: number | null; readonly name: string };

export type LogEntry = { readonly at: Date; readonly text: string };

/** A tick's way to the page, for drawing. `place`: how many of the same read came before it. Microseconds, server's clock. */
export type Arrival = { readonly receivedUs: number; readonly dueUs: number; readonly place: number };

export const CAPS = { latencies: 300, arrivals: 700, log: 50 } as const;

/** Everything that the page knows of one transport. It is told what happens and when; it has no clock and no page. */
export class Channel {
  readonly ledger = new SequenceLedger();
  readonly latency = new LatencyWindow(CAPS.latencies);
  readonly absences = new AbsenceLog();
  readonly arrivals = new Capped<Arrival>(CAPS.arrivals);
  readonly log = new Capped<LogEntry>(CAPS.log);
  state: LinkState = { code: null, name: 'not started' };
  payloadBytes = 0;
  /** Times that the connection came back after it was lost or renewed. */
  reconnects = 0;
  /** The client asks for the newest tick only. */
  newestOnly = false;
  /** When the newest tick was due; NaN before the first. Age of information runs from here. */
  newestDueUs = Number.NaN;
  #countFromUs = Number.NEGATIVE_INFINITY;

  /**
   * Only ticks that are due from then on are samples of latency: what was due while the page was hidden, or paused by its
   * reader, says nothing about the transport. Infinity counts none.
   */
  countFrom(atUs: number): void {
    this.#countFromUs = atUs;
  }

  /**
   * Notes what one read brought.
   *
   * @param receivedUs when its handler ran, on the server's clock
   */
  receive(ticks: readonly ReceivedTick[], payloadBytes: number, receivedUs: number): void {
    this.payloadBytes += payloadBytes;
    let place = 0;
    for (const { seq, dueUs } of ticks) {
      const missing = this.ledger.note(seq, this.newestOnly);
      if (missing < 0) continue;
      this.absences.tick(dueUs, receivedUs, this.newestOnly ? 0 : missing);
      this.arrivals.add({ receivedUs, dueUs, place: place++ });
      this.newestDueUs = dueUs;
      if (dueUs >= this.#countFromUs) this.latency.add({ seq, receivedUs, latencyUs: receivedUs - dueUs });
    }
  }

  note(text: string, at: Date): void {
    this.log.add({ at, text });
  }
}
