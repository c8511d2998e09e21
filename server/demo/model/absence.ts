import { Capped } from './capped.ts';

/** A time without connection, as its client saw it. Microseconds on the server's clock. */
export type Absence = {
  readonly fromUs: number;
  /** When the first tick came again; null while it lasts. */
  toUs: number | null;
  /** When the client tried to come back, as far as it can know: EventSource does not say. */
  readonly attemptsUs: number[];
  /** Ticks that were due meanwhile and came afterwards. */
  replayed: number;
  /** Ticks that were due meanwhile and never come. */
  lost: number;
};

const KEPT = 20;
const KEPT_ATTEMPTS = 100;

/** A client's absences, told event by event. */
export class AbsenceLog {
  readonly #absences = new Capped<Absence>(KEPT);

  /** Oldest first. */
  get absences(): readonly Absence[] {
    return this.#absences.items;
  }

  /** Whether the client waits for its first tick after an absence. */
  get isAbsent(): boolean {
    return this.#current?.toUs === null;
  }

  /** The connection is lost; again while it is lost already changes nothing. */
  lost(atUs: number): void {
    if (this.isAbsent) return;
    this.#absences.add({ fromUs: atUs, toUs: null, attemptsUs: [], replayed: 0, lost: 0 });
  }

  attempt(atUs: number): void {
    const current = this.#current;
    if (current?.toUs === null && current.attemptsUs.length < KEPT_ATTEMPTS) current.attemptsUs.push(atUs);
  }

  /**
   * A tick came.
   *
   * @param missing ticks that are lost right before it
   */
  tick(dueUs: number, receivedUs: number, missing: number): void {
    const current = this.#current;
    if (!current) return;
    current.toUs ??= receivedUs;
    if (dueUs >= current.toUs) return;
    current.lost += missing;
    if (dueUs >= current.fromUs) current.replayed++;
  }

  get #current(): Absence | undefined {
    return this.#absences.items.at(-1);
  }
}
