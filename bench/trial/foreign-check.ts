// Does a server take clients, and bring each of them the ticks? Asked of one that is not ours before the ramp of each trial, with two
// clients, and by the command that checks one.
import { setTimeout as sleep } from 'node:timers/promises';
import { nowUs } from '../../server/clock.ts';
import { dueUs, firstDueFrom } from '../../server/feed/schedule.ts';
import { tickEncoder } from '../../server/feed/tick.ts';
import { TRAITS, type TransportId } from '../../server/transports/traits.ts';
import type { DriverOptions } from '../agent/contract.ts';
import { CLIENT_TRANSPORTS } from '../agent/index.ts';
import { Recorder } from '../agent/measure/recorder.ts';
import { PushbenchError } from '../basics/errors.ts';
import { clumpMs, faultOf, receiptsOf, type ClientSeen, type Receipt, type Sighting } from './diagnosis.ts';
import type { Loss } from './roster.ts';
import { WireReader } from './wire-reader.ts';

/** What is asked for, and what must come. */
export type Asked = Pick<DriverOptions, 'host' | 'port' | 'path' | 'door' | 'schedule' | 'seed'> & {
  transport: TransportId;
  payloadBytes: number;
  /** Polls ask for the newest tick alone. */
  pollLatest: boolean;
  /** Where its ticks come from, in words. */
  feed: string;
};

/** How closely it is looked at. */
type Look = {
  clients: number;
  /** So many ticks every client must have; 0: none is waited for. */
  ticks: number;
  /** Waits for one tick more, or what comes twice may not have come twice yet. */
  isPatient: boolean;
  /** How late ticks that come in a clump may be. */
  mostClumpMs: number;
  /** Ends the wait: the server is gone. */
  isOver: () => boolean;
};

const OPEN_TIMEOUT_MS = 3000;
/** A buffer of 4 KiB is full by then, at the rates and sizes that are usual. */
const TICK_TIMEOUT_MS = 4000;
const LOOK_MS = 10;

/** A server that has just been started may be slow once: what comes in a clump is looked at again. */
const MOST_LOOKS = 3;

/** Beyond those of any trial: a server that knows its clients by their number has not seen these. */
const FIRST_CLIENT = 1_000_000;

/** Of those who poll. */
const POLL_INTERVAL_US = 100_000;

/** Opens a few clients, and waits until each has some ticks, or had its time. */
export async function watchClients(asked: Asked, look: Look): Promise<Sighting> {
  const { transport, payloadBytes, feed, pollLatest: latestOnly, ...where } = asked;
  const { schedule, seed, path, door } = where;
  const startUs = nowUs();
  const clients = Array.from({ length: look.clients }, (_, client): ClientSeen & { wire: WireReader } => ({
    wire: new WireReader(transport, FIRST_CLIENT + client, door),
    isOpen: false,
    failure: null,
  }));
  const recorder = new Recorder({
    clients: look.clients,
    schedule,
    payloadBytes,
    seed,
    isForeign: door !== undefined,
    latestOnly,
  });
  const fail = (client: number, code: string, message: string) => {
    const seen = clients[client]!;
    seen.failure ??= { code, message, wasOpen: seen.isOpen };
  };
  const driver = CLIENT_TRANSPORTS[transport].lean(
    {
      ...where,
      clients: look.clients,
      firstClient: FIRST_CLIENT,
      sourceAddress: () => undefined,
      poll: { intervalUs: POLL_INTERVAL_US, latestOnly },
      tap: (client, bytes) => clients[client]!.wire.push(bytes, nowUs()),
    },
    recorder,
    { opened: (client) => void (clients[client]!.isOpen = true), failed: fail, dropped: fail },
  );
  const isStopped = () => look.isOver() || clients.some(({ failure }) => failure !== null);
  const tick = knownTicks(payloadBytes, seed, schedule);
  const read = receiptReader(clients, tick);
  const sighting = (seen: Pick<Sighting, 'receipts' | 'window' | 'waitedMs' | 'answers'>): Sighting => ({
    transport,
    path,
    isLatestOnly: latestOnly,
    schedule,
    feed,
    startUs,
    clients,
    tick,
    ...seen,
  });
  try {
    for (let client = 0; client < look.clients; client++) driver.open(client);
    // A long poll is answered with a tick.
    const openMs = OPEN_TIMEOUT_MS + (TRAITS[transport].asks === 'at-once' ? 1000 / schedule.rateHz : 0);
    await until(() => isStopped() || clients.every(({ isOpen }) => isOpen), openMs);
    const nothing = { receipts: clients.map(() => []), window: null, answers: null };
    const unwatched = sighting({ ...nothing, waitedMs: openMs });
    if (look.ticks === 0 || isStopped() || !clients.every(({ isOpen }) => isOpen)) return unwatched;
    driver.begin?.();
    const timeoutMs = TICK_TIMEOUT_MS + (look.ticks * 1000) / schedule.rateHz;
    for (let looks = 1; ; looks++) {
      const [fromUs, answersBefore] = [nowUs(), answersOf(clients)];
      const firstSeq = firstDueFrom(schedule, nowUs());
      const received = () => read().map((some) => some.filter(({ seq }) => seq >= firstSeq));
      const before = clients.map(({ wire }) => wire.messages.length);
      /** Messages come as ticks do, and are none. */
      const isInVain = () =>
        firstDueFrom(schedule, nowUs()) - firstSeq > 2 * look.ticks &&
        clients.every(({ wire }, client) => wire.messages.length - before[client]! > 2 * look.ticks) &&
        !received()
          .flat()
          .some(({ isIntact }) => isIntact);
      const last = () => lastEnough(received(), look, latestOnly);
      await until(() => isStopped() || last() !== undefined || isInVain(), timeoutMs);
      const answers = { count: answersOf(clients) - answersBefore, inMs: (nowUs() - fromUs) / 1000 };
      const all = received();
      const lastSeq = last() ?? firstDueFrom(schedule, nowUs()) - 1;
      const receipts = all.map((some) => some.filter(({ seq }) => seq <= lastSeq));
      const seen = sighting({ receipts, window: { firstSeq, lastSeq }, waitedMs: timeoutMs, answers });
      if (looks === MOST_LOOKS || isStopped() || clumpMs(receipts, schedule) <= look.mostClumpMs) return seen;
    }
  } finally {
    driver.stop();
  }
}

/** The ticks that have come to each client so far; no message is read twice. */
function receiptReader(clients: readonly ClientSeen[], tick: Sighting['tick']): () => readonly Receipt[][] {
  const read = clients.map(() => ({ messages: 0, receipts: [] as Receipt[] }));
  return () =>
    read.map((one, client) => {
      const { messages } = clients[client]!.wire;
      one.receipts.push(...receiptsOf(messages.slice(one.messages), tick));
      one.messages = messages.length;
      return one.receipts;
    });
}

/** The ticks that every client has whole, in their order. */
function commonTicks([first = [], ...others]: readonly (readonly Receipt[])[]): number[] {
  const whole = (received: readonly Receipt[]) =>
    new Set(received.filter(({ isIntact }) => isIntact).map(({ seq }) => seq));
  const rest = others.map(whole);
  return [...whole(first)].filter((seq) => rest.every((has) => has.has(seq))).toSorted((a, b) => a - b);
}

/** The last tick of so many that every client has, or, of those that may be skipped, as many; undefined while they have not. */
function lastEnough(
  receipts: readonly (readonly Receipt[])[],
  { ticks, isPatient }: Look,
  isLatestOnly: boolean,
): number | undefined {
  const last = isLatestOnly
    ? Math.max(...receipts.map((received) => commonTicks([received])[ticks - 1] ?? Number.POSITIVE_INFINITY))
    : commonTicks(receipts)[ticks - 1];
  if (last === undefined || last === Number.POSITIVE_INFINITY) return undefined;
  return !isPatient || receipts.every((received) => received.some(({ seq }) => seq > last)) ? last : undefined;
}

function answersOf(clients: readonly { wire: WireReader }[]): number {
  return clients.reduce((sum, { wire }) => sum + wire.answers, 0);
}

function knownTicks(payloadBytes: number, seed: number, schedule: Sighting['schedule']): Sighting['tick'] {
  const encode = tickEncoder(payloadBytes, seed);
  const known = new Map<number, ReturnType<typeof encode>>();
  return (seq) => known.get(seq) ?? known.set(seq, encode(seq, dueUs(schedule, seq))).get(seq)!;
}

async function until(isDone: () => boolean, timeoutMs: number): Promise<void> {
  const endMs = performance.now() + timeoutMs;
  while (!isDone() && performance.now() < endMs) await sleep(LOOK_MS);
}

const RUN_CLIENTS = 2;
/** Of a slower feed nobody waits for a tick, and for one tick alone of one that is half as slow. */
const MOST_PERIOD_MS = 2000;
const BRISK_PERIOD_MS = 500;
/** What is late by less is measured: to a run lateness is a figure. */
const RUN_CLUMP_MS = 1000;

/**
 * Opens two clients and waits until each has a whole tick, of a brisk feed three.
 *
 * @throws PushbenchError (target) `TARGET_WRONG`, a sentence with what happened and what to do
 */
export async function checkForeign(entrant: string, asked: Asked): Promise<void> {
  const periodMs = 1000 / asked.schedule.rateHz;
  const isPatient = periodMs <= BRISK_PERIOD_MS;
  const seen = await watchClients(asked, {
    clients: RUN_CLIENTS,
    ticks: periodMs > MOST_PERIOD_MS ? 0 : isPatient ? 2 : 1,
    isPatient,
    mostClumpMs: RUN_CLUMP_MS,
    isOver: () => false,
  });
  const fault = faultOf(seen, RUN_CLUMP_MS);
  if (fault !== null) {
    throw new PushbenchError('target', 'TARGET_WRONG', `${entrant}, ${asked.path}: ${fault.says}`);
  }
}

/**
 * What a server that is not ours said as it ended, or why it could not be published to. Null where it is there, and where its publisher
 * was killed, which is nobody's fault.
 */
export function lastWords(losses: readonly Loss[]): string | null {
  for (const { message } of losses) {
    const words = / exited with \d+: [^:]+: ([^]+)/.exec(message)?.[1];
    if (words !== undefined) return words.startsWith('ended') ? `the server ${words}` : words;
  }
  return null;
}
