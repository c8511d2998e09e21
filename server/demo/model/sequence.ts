/** Which ticks came. Sequence numbers rise by one, so that what is missing is known exactly. */
export class SequenceLedger {
  /** Newest sequence number that came; 0 before the first, where nothing is owed yet. */
  last = 0;
  delivered = 0;
  /** Ticks that never came and never will: the server no longer has them. */
  lost = 0;
  /** Ticks that were not asked for, by a client that only wants the newest. */
  skipped = 0;

  /**
   * Notes a tick.
   *
   * @param newestOnly the client asks for the newest tick only: what lies between is skipped, not lost
   * @returns how many ticks are missing right before it, or -1 when it came before
   */
  note(seq: number, newestOnly: boolean): number {
    if (seq <= this.last) return -1;
    const missing = this.last === 0 ? 0 : seq - this.last - 1;
    if (newestOnly) this.skipped += missing;
    else this.lost += missing;
    this.last = seq;
    this.delivered++;
    return missing;
  }
}
