import type { Handshake } from '../result/target.ts';

/** What a message was to a client that speaks first: a part of the opening, an answered one, or one to look for ticks in. */
export type Heard = 'opening' | 'answered' | 'message';

/**
 * What the clients of a target say over a connection before they are open, and what they answer afterwards: data, so that no
 * protocol needs code of its own.
 */
export class Speech {
  readonly #open: NonNullable<Handshake['open']>;
  readonly #answers: readonly { readonly when: Buffer; readonly send: string }[];
  /** At which step of the opening each client is. */
  readonly #at: Uint16Array;
  readonly #say: (client: number, text: string) => void;
  readonly #opened: (client: number) => void;

  /** @param say sends a text message @param opened is told once the opening is over */
  constructor(
    { open = [], answer = [] }: Handshake,
    clients: number,
    say: (client: number, text: string) => void,
    opened: (client: number) => void,
  ) {
    this.#open = open;
    this.#answers = answer.map(({ when, send }) => ({ when: Buffer.from(when), send }));
    this.#at = new Uint16Array(clients);
    this.#say = say;
    this.#opened = opened;
  }

  /** The connection stands: says what there is to say until something is expected. */
  begin(client: number): void {
    for (; this.#at[client]! < this.#open.length; this.#at[client]!++) {
      const step = this.#open[this.#at[client]!]!;
      if (!('send' in step)) return;
      this.#say(client, step.send);
    }
    this.#opened(client);
  }

  /** What a client that is not open yet waits to hear; null once it is open. */
  waitsFor(client: number): string | null {
    const step = this.#open[this.#at[client]!];
    return step !== undefined && 'expect' in step ? step.expect : null;
  }

  /** A message has come: buffer[start, end). */
  hear(client: number, buffer: Uint8Array, start: number, end: number): Heard {
    const step = this.#open[this.#at[client]!];
    if (step !== undefined) {
      if ('expect' in step && Buffer.from(buffer.subarray(start, end)).includes(step.expect)) {
        this.#at[client]!++;
        this.begin(client);
      }
      return 'opening';
    }
    for (const { when, send } of this.#answers) {
      if (when.length === end - start && when.compare(buffer, start, end) === 0) {
        this.#say(client, send);
        return 'answered';
      }
    }
    return 'message';
  }
}
