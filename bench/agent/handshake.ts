import { differsByClient, filled } from '../basics/placeholders.ts';
import type { Handshake } from '../result/target.ts';

/** What a message was to a client that speaks first: a part of the opening, an answered one, or one to look for ticks in. */
export type Heard = 'opening' | 'answered' | 'message';

/** A text of a target as each client has it. */
type Words<T> = (client: number) => T;

/** Whom a speech is of, and what it does. */
export type Speaker = {
  readonly clients: number;
  /** Number of client 0 within the whole trial. */
  readonly firstClient: number;
  /** Sends a text message. */
  readonly say: (client: number, text: string) => void;
  /** Is told once the opening is over. */
  readonly opened: (client: number) => void;
};

/**
 * What the clients of a target say over a connection before they are open, and what they answer and repeat afterwards: data, so
 * that no protocol needs code of its own.
 */
export class Speech {
  readonly #open: readonly ({ readonly send: Words<string> } | { readonly expect: Words<string> })[];
  readonly #answers: readonly { readonly when: Words<Buffer>; readonly send: Words<string> }[];
  readonly #every: readonly { readonly ms: number; readonly send: Words<string> }[];
  /** At which step of the opening each client is. */
  readonly #at: Uint16Array;
  readonly #beats = new Map<number, NodeJS.Timeout[]>();
  readonly #speaker: Speaker;

  constructor({ open = [], answer = [], every = [] }: Handshake, speaker: Speaker) {
    const words = <T>(text: string, as: (text: string) => T): Words<T> => {
      if (differsByClient(text)) return (client) => as(filled(text, speaker.firstClient + client));
      const same = as(filled(text, 0));
      return () => same;
    };
    this.#open = open.map((step) =>
      'send' in step ? { send: words(step.send, String) } : { expect: words(step.expect, String) },
    );
    this.#answers = answer.map(({ when, send }) => ({
      when: words(when, (text) => Buffer.from(text)),
      send: words(send, String),
    }));
    this.#every = every.map(({ ms, send }) => ({ ms, send: words(send, String) }));
    this.#at = new Uint16Array(speaker.clients);
    this.#speaker = speaker;
  }

  /** The connection stands: says what there is to say until something is expected. */
  begin(client: number): void {
    for (; this.#at[client]! < this.#open.length; this.#at[client]!++) {
      const step = this.#open[this.#at[client]!]!;
      if (!('send' in step)) return;
      this.#speaker.say(client, step.send(client));
    }
    if (this.#every.length > 0) {
      const beats = this.#every.map(({ ms, send }) => setInterval(() => this.#speaker.say(client, send(client)), ms));
      this.#beats.set(client, beats);
    }
    this.#speaker.opened(client);
  }

  /** What a client that is not open yet waits to hear; null once it is open. */
  waitsFor(client: number): string | null {
    const step = this.#open[this.#at[client]!];
    return step !== undefined && 'expect' in step ? step.expect(client) : null;
  }

  /** A message has come: buffer[start, end). */
  hear(client: number, buffer: Uint8Array, start: number, end: number): Heard {
    const step = this.#open[this.#at[client]!];
    if (step !== undefined) {
      if ('expect' in step && Buffer.from(buffer.subarray(start, end)).includes(step.expect(client))) {
        this.#at[client]!++;
        this.begin(client);
      }
      return 'opening';
    }
    for (const { when, send } of this.#answers) {
      const awaited = when(client);
      if (awaited.length === end - start && awaited.compare(buffer, start, end) === 0) {
        this.#speaker.say(client, send(client));
        return 'answered';
      }
    }
    return 'message';
  }

  /** The connection is gone: nothing is repeated over it any more. */
  end(client: number): void {
    for (const beat of this.#beats.get(client) ?? []) clearInterval(beat);
    this.#beats.delete(client);
  }
}
