import type { Buffer } from 'node:buffer';
import type { Socket } from 'node:net';
import { block } from '../feed/faults.ts';

/** A connection that receives every tick. `index` is its place in the fan-out's list, kept by the fan-out alone. */
export type Member = { readonly socket: Socket; index: number };

/**
 * The connections of one streaming transport, and the loop that hands a tick to all of them.
 *
 * Each round starts at another place of the list, else who connected first would always be served first and the last
 * would always wait for all the others. A consumer whose unsent bytes exceed the bound is cut: memory stays bounded and
 * the others are not held up.
 */
export class FanOut<M extends Member> {
  readonly #members: M[] = [];
  readonly #sendBufferBytes: number;
  readonly #faultUs: number;
  #random: number;
  #cut = 0;

  /** @param faultUs what each write of a tick is to take more, on purpose; 0 but where the instrument is tried */
  constructor(sendBufferBytes: number, seed: number, faultUs = 0) {
    this.#sendBufferBytes = sendBufferBytes;
    this.#faultUs = faultUs;
    this.#random = (seed % 0x7fff_ffff) + 1;
  }

  get size(): number {
    return this.#members.length;
  }

  /** Slow consumers cut since the start. */
  get cut(): number {
    return this.#cut;
  }

  /** Adds a connection, and removes it again when its socket closes. */
  add(member: M): void {
    member.index = this.#members.push(member) - 1;
    member.socket.once('close', () => this.#remove(member));
  }

  /** The prepared way: the same bytes straight to every socket. */
  write(bytes: Buffer): void {
    // A loop of its own, so that the one below asks nothing for each member.
    if (this.#faultUs > 0) return this.each((member) => member.socket.write(bytes));
    const members = this.#members;
    const count = members.length;
    const first = this.#nextStart();
    let slow: M[] | undefined;
    for (let i = 0; i < count; i++) {
      const at = first + i;
      const member = members[at < count ? at : at - count]!;
      member.socket.write(bytes);
      if (member.socket.writableLength > this.#sendBufferBytes) (slow ??= []).push(member);
    }
    if (slow) this.#cutAll(slow);
  }

  /** The idiomatic way, and whatever differs by connection: `send` is called once for each. */
  each(send: (member: M) => void): void {
    const members = this.#members;
    const count = members.length;
    const first = this.#nextStart();
    const slow: M[] = [];
    for (let i = 0; i < count; i++) {
      const at = first + i;
      const member = members[at < count ? at : at - count]!;
      if (this.#faultUs > 0) block(this.#faultUs);
      send(member);
      if (member.socket.writableLength > this.#sendBufferBytes) slow.push(member);
    }
    this.#cutAll(slow);
  }

  #cutAll(slow: readonly M[]): void {
    for (const member of slow) {
      this.#cut++;
      this.#remove(member);
      // After an orderly close the kernel would hold what it took for this client, up to 4 MiB, until that is read.
      member.socket.resetAndDestroy();
    }
  }

  #remove(member: M): void {
    if (member.index < 0) return;
    const last = this.#members.pop()!;
    if (last !== member) {
      this.#members[member.index] = last;
      last.index = member.index;
    }
    member.index = -1;
  }

  /** A multiplicative congruential generator (Park and Miller's minimal standard): order repeats with the seed. */
  #nextStart(): number {
    this.#random = (this.#random * 48_271) % 0x7fff_ffff;
    return this.#members.length === 0 ? 0 : this.#random % this.#members.length;
  }
}
