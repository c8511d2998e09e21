/** Slots of equal length, one after the other. */
export type Slots = { startUs: number; slotUs: number };

/** What was received in each slot since the first: how often, and the sum of its delivery latencies in microseconds. */
export type SlotSums = { receipts: number[]; sumUs: number[] };

/** Sums latencies by when they were received, so that their course can be looked at while it lasts. */
export class SlotMeans {
  readonly #slots: Slots;
  readonly #sums: SlotSums = { receipts: [], sumUs: [] };

  constructor(slots: Slots) {
    this.#slots = slots;
  }

  record(receivedUs: number, latencyUs: number): void {
    const slot = Math.floor((receivedUs - this.#slots.startUs) / this.#slots.slotUs);
    if (slot < 0) return;
    const { receipts, sumUs } = this.#sums;
    while (receipts.length <= slot) {
      receipts.push(0);
      sumUs.push(0);
    }
    receipts[slot]!++;
    sumUs[slot]! += latencyUs;
  }

  get sums(): SlotSums {
    return this.#sums;
  }
}

/** The mean latency of each slot in which anything was received, by whomever, in microseconds. */
export function meansOf(parts: readonly SlotSums[]): number[] {
  const means: number[] = [];
  const slots = Math.max(0, ...parts.map(({ receipts }) => receipts.length));
  for (let slot = 0; slot < slots; slot++) {
    const count = parts.reduce((sum, { receipts }) => sum + (receipts[slot] ?? 0), 0);
    if (count > 0) means.push(parts.reduce((sum, { sumUs }) => sum + (sumUs[slot] ?? 0), 0) / count);
  }
  return means;
}
