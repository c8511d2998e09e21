import { randomBytes } from 'node:crypto';
import { quantileOf } from './model/capped.ts';
import type { Counters, Emission, LabLoad, Tuning } from './protocol.ts';
import { TRANSPORT_IDS } from '../transports/traits.ts';
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

export type Session = Awaited<ReturnType<typeof startSession>>;

/**
 * Starts one open page: a server for its four cards and one for its labs, each with a feed. Pages share neither, so that what
 * one of them changes, cuts or restarts is its own affair, and so are the six connections that browsers open to one origin.
 *
 * @throws what keeps its servers from listening
 */
export async function startSession(tuning: Tuning, pageOrigin: string) {
  const cards = await Station.start({
    tuning,
    ringTicks: RING_TICKS,
    sendBufferBytes: REPLAY_BYTES,
    pageOrigin,
    keyOf: transportOf,
  });
  const lab = await Station.start({
    tuning: LAB_LOADS.small,
    ringTicks: LAB_RING_TICKS,
    sendBufferBytes: LAB_SEND_BUFFER_BYTES,
    pageOrigin,
    keyOf: readerOf,
  }).catch(async (error: unknown) => {
    await cards.stop();
    throw error;
  });
  let contactMs = performance.now();
  let labTimer: NodeJS.Timeout | undefined;

  const loadLab = (load: LabLoad): boolean => {
    clearTimeout(labTimer);
    if (load === 'big') labTimer = setTimeout(() => loadLab('small'), BIG_LOAD_MS).unref();
    return lab.tune(LAB_LOADS[load]);
  };
  return {
    id: randomBytes(12).toString('base64url'),
    cards,
    lab,
    loadLab,
    /**
     * Time since the page last asked for something, in milliseconds; 0 while it holds a stream or a request. Connections alone
     * say nothing: browsers keep those of closed pages for minutes.
     */
    get idleMs() {
      return cards.waiting + lab.waiting > 0 ? 0 : performance.now() - contactMs;
    },
    touch: () => {
      contactMs = performance.now();
    },
    counters: (): Counters => ({
      tuning: cards.tuning,
      emitLateness: latenessOf(cards.emissions.items),
      wire: Object.fromEntries(TRANSPORT_IDS.map((id) => [id, cards.meter.count(id)])),
      outage: cards.outage,
      lab: {
        connections: lab.meter.connections,
        slowConsumersCut: lab.slowConsumersCut,
        sendBufferBytes: lab.sendBufferBytes,
        readers: Object.fromEntries(READERS.map((reader) => [reader, lab.meter.count(reader)])),
      },
    }),
    stop: async () => {
      clearTimeout(labTimer);
      await Promise.all([cards.stop(), lab.stop()]);
    },
  };
}

/** Emitted - scheduled in microseconds; zeros before the first tick. */
export function latenessOf(emissions: readonly Emission[]): Counters['emitLateness'] {
  const values = emissions.map(({ dueUs, emittedUs }) => emittedUs - dueUs);
  const at = (share: number) => Math.round(quantileOf(values, share) || 0);
  return { p50Us: at(0.5), p99Us: at(0.99) };
}
