import { randomBytes } from 'node:crypto';
import { TRANSPORT_IDS, type Counters, type LabLoad, type Tuning } from './protocol.ts';
import { Station } from './station.ts';

/** Ten seconds away at the fastest rate are half of this; at the largest payload it is 32 MiB a page. */
const RING_TICKS = 1024;

/** What is replayed after ten seconds at the most that can be asked for, which must not be taken for a slow consumer. */
const REPLAY_BYTES = 12 * 1024 * 1024;

/** The benchmark's own bound: the lab shows it at work. */
const LAB_SEND_BUFFER_BYTES = 1024 * 1024;

/** Few, so that who was cut has lost something when it comes back. */
const LAB_RING_TICKS = 64;

const LAB_LOADS: Readonly<Record<LabLoad, Tuning>> = {
  small: { rateHz: 1, payloadBytes: 64 },
  big: { rateHz: 40, payloadBytes: 65_536 },
};

/** An abandoned page must not keep its server busy. */
const BIG_LOAD_MS = 60_000;

const READERS = ['keen', 'lazy'] as const;

const transportOf = (url: string) => /^\/feed\/([a-z-]+)/.exec(url)?.[1];
const readerOf = (url: string) => /[?&]as=(keen|lazy)\b/.exec(url)?.[1];

/**
 * One open page: a server for its four cards and one for its labs, each with a feed. Pages share neither, so that what one of
 * them changes, cuts or restarts is its own affair, and so are the six connections that browsers open to one origin.
 */
export class Session {
  readonly id = randomBytes(12).toString('base64url');
  readonly cards: Station;
  readonly lab: Station;
  #contactMs = performance.now();
  #labTimer: NodeJS.Timeout | undefined;

  private constructor(cards: Station, lab: Station) {
    this.cards = cards;
    this.lab = lab;
  }

  /** @throws what keeps its servers from listening */
  static async start(tuning: Tuning, pageOrigin: string): Promise<Session> {
    const cards = await Station.start({
      tuning,
      ringTicks: RING_TICKS,
      sendBufferBytes: REPLAY_BYTES,
      pageOrigin,
      keyOf: transportOf,
    });
    try {
      const lab = await Station.start({
        tuning: LAB_LOADS.small,
        ringTicks: LAB_RING_TICKS,
        sendBufferBytes: LAB_SEND_BUFFER_BYTES,
        pageOrigin,
        keyOf: readerOf,
      });
      return new Session(cards, lab);
    } catch (error) {
      await cards.stop();
      throw error;
    }
  }

  /**
   * Time since the page last asked for something, in milliseconds; 0 while it holds a stream or a request. Connections alone
   * say nothing: browsers keep those of closed pages for minutes.
   */
  get idleMs(): number {
    return this.cards.waiting + this.lab.waiting > 0 ? 0 : performance.now() - this.#contactMs;
  }

  touch(): void {
    this.#contactMs = performance.now();
  }

  loadLab(load: LabLoad): boolean {
    clearTimeout(this.#labTimer);
    if (load === 'big') this.#labTimer = setTimeout(() => this.loadLab('small'), BIG_LOAD_MS).unref();
    return this.lab.tune(LAB_LOADS[load]);
  }

  counters(): Counters {
    const { cards, lab } = this;
    return {
      tuning: cards.tuning,
      emitLateness: cards.emissions.lateness(),
      wire: Object.fromEntries(TRANSPORT_IDS.map((id) => [id, cards.meter.count(id)])),
      outage: cards.outage,
      lab: {
        connections: lab.meter.connections,
        slowConsumersCut: lab.slowConsumersCut,
        sendBufferBytes: lab.sendBufferBytes,
        readers: Object.fromEntries(READERS.map((reader) => [reader, lab.meter.count(reader)])),
      },
    };
  }

  async stop(): Promise<void> {
    clearTimeout(this.#labTimer);
    await Promise.all([this.cards.stop(), this.lab.stop()]);
  }
}
