// One server looked at closely, without load: started as for a trial, with three clients for each transport, and five ticks.
import { setTimeout as sleep } from 'node:timers/promises';
import { nowUs } from '../../server/clock.ts';
import { dueUs } from '../../server/feed/schedule.ts';
import { TRAITS, transportOf } from '../../server/transports/traits.ts';
import { PushbenchError } from '../basics/errors.ts';
import { medianOf } from '../basics/numbers.ts';
import { LOOPBACK } from '../machine/address.ts';
import type { Door, Target } from '../result/target.ts';
import type { Published } from '../target/publisher.ts';
import {
  countsOf,
  faultOf,
  feedWords,
  lapseOf,
  receiptsOf,
  shownBytes,
  type Fault,
  type SeenCounts,
  type Sighting,
} from './diagnosis.ts';
import { lastWords, watchClients } from './foreign-check.ts';
import { ServerGroup } from './server-group.ts';
import { doorOf, PUBLISHER } from './trial-run.ts';

/** What was seen of one transport, as it can be shown. */
export type CheckedTransport = {
  entrant: string;
  path: string;
  /** What is wrong, and what to do; null where it is fine. */
  fault: Fault | null;
  /** What is worth knowing although it is fine. */
  note: string | null;
  /** Status line and headers, as they came. */
  answer: readonly string[] | null;
  /** What the opening says and expects, in order, and what it still waits for. */
  handshake: { steps: NonNullable<Door['open']>; waitsFor: string | null } | null;
  /** The first message with a tick, or the first at all, as it stood on the wire. */
  first: string | null;
  /** Where in the first message the tick is, and what stands around it. */
  tick: { offset: number; messageBytes: number; before: string; after: string } | null;
  clients: number;
  counts: SeenCounts | null;
  /** Received - due: median of the first client of a tick, of the last one, and the most. */
  lateMs: { first: number; last: number; most: number } | null;
};

/** How large ticks are, and whether polls ask for the newest alone. */
export type CheckedTicks = { payloadBytes: number; pollLatest: boolean };

/** What was seen of a server. */
export type CheckedTarget = {
  name: string;
  title: string | null;
  /** What its version command printed. */
  found: string | null;
  /** Why it could not be looked at, or could no longer. */
  fault: Fault | null;
  transports: CheckedTransport[];
};

const CLIENTS = 3;
const TICKS = 5;
const RATE_HZ = 20;
const SEED = 1;

/** The feed begins so long after the server is asked for. */
const FEED_START_US = 200_000;

/** Nothing else is to be done: later ticks in a clump have waited for something. */
const MOST_CLUMP_MS = 100;

/** A tick takes a millisecond or two; acknowledgements that are held back take 40. */
const SLOW_MS = 30;

const STOP_GRACE_MS = 2000;
const LOSS_NOTICE_MS = 500;

/** As much of a message, and of what is around a tick, as is shown. */
const MESSAGE_CHARACTERS = 300;
const AROUND_CHARACTERS = 80;

/**
 * Starts a server, and looks at the transports one after the other. Nothing is left running.
 *
 * @param target undefined: the built-in one
 * @param entrants its transports
 */
export async function checkServer(
  target: Target | undefined,
  entrants: readonly string[],
  { payloadBytes, pollLatest }: CheckedTicks,
): Promise<CheckedTarget> {
  const checked: CheckedTarget = {
    name: target?.name ?? 'builtin',
    title: target?.title ?? null,
    found: target?.found ?? null,
    fault: null,
    transports: [],
  };
  const schedule = { startUs: Math.ceil(nowUs() + FEED_START_US), rateHz: RATE_HZ };
  let server: ServerGroup | undefined;
  try {
    const started = await ServerGroup.start(
      { host: LOOPBACK.listen, ...schedule, payloadBytes, seed: SEED },
      [null],
      target ? [PUBLISHER, JSON.stringify({ target, cores: [] } satisfies Published)] : undefined,
    );
    if (!(started instanceof ServerGroup)) throw new PushbenchError('target', 'TARGET_LOST', started.message);
    server = started;
    for (const [at, entrant] of entrants.entries()) {
      const transport = transportOf(entrant)!;
      const door = target ? doorOf(target, transport) : undefined;
      const seen = await watchClients(
        {
          transport,
          path: door?.path ?? TRAITS[transport].path,
          ...(door ? { door } : {}),
          host: LOOPBACK.aim,
          port: server.port,
          schedule,
          seed: SEED,
          payloadBytes,
          pollLatest: TRAITS[transport].asks === 'interval' && (pollLatest || door?.latest === true),
          feed: feedWords(target),
        },
        {
          clients: CLIENTS,
          ticks: TICKS,
          isPatient: true,
          mostClumpMs: MOST_CLUMP_MS,
          isOver: () => server!.isGone,
        },
      );
      const view = viewOf(entrant, seen, door);
      checked.transports.push(view);
      if (view.fault === null) continue;
      // Of a server that has just ended there is more to say than that its clients were let go.
      await Promise.race([server.nobodyLeft, sleep(LOSS_NOTICE_MS)]);
      const words = lastWords(server.losses);
      if (words === null) continue;
      view.fault = { code: 'TARGET_LOST', says: words };
      const others = entrants.slice(at + 1);
      if (others.length > 0)
        checked.fault = { ...view.fault, says: `it is gone, so ${others.join(', ')} could not be looked at` };
      break;
    }
  } catch (error) {
    if (!(error instanceof PushbenchError && error.reason === 'target')) throw error;
    checked.fault = { code: error.code, says: error.message };
  } finally {
    await server?.stop(STOP_GRACE_MS);
  }
  return checked;
}

function viewOf(entrant: string, seen: Sighting, door: Door | undefined): CheckedTransport {
  const { path, clients, receipts, tick } = seen;
  const { wire } = clients.find(({ failure }) => failure !== null) ?? clients[0]!;
  const [receipt] = clients.flatMap((client) => receiptsOf(client.wire.messages, tick));
  const { messages, rest, waitsFor } = wire;
  const first = receipt?.message.raw ?? messages[0]?.raw ?? (rest.length > 0 ? rest : null);
  const late = latenessOf(seen);
  const fault = faultOf(seen, MOST_CLUMP_MS) ?? lapseOf(seen);
  return {
    entrant,
    path,
    fault,
    note: fault === null && late !== null ? noteOf(seen, late.first) : null,
    answer: wire.head?.lines ?? null,
    handshake: door?.open ? { steps: door.open, waitsFor } : null,
    first: first === null ? null : shownBytes(first, MESSAGE_CHARACTERS),
    tick: receipt ? (aroundTick(receipt.message.bytes, tick(receipt.seq)) ?? null) : null,
    clients: clients.length,
    counts: receipts.some(({ length }) => length > 0) ? countsOf(seen) : null,
    lateMs: late,
  };
}

/** The tick itself where it stands there as it is, else the token in it. */
function aroundTick(message: Buffer, { bytes, token }: ReturnType<Sighting['tick']>): CheckedTransport['tick'] {
  const found = message.includes(bytes) ? bytes : token;
  const offset = message.indexOf(found);
  if (offset < 0) return null;
  const before = message.subarray(Math.max(0, offset - AROUND_CHARACTERS), offset);
  return {
    offset,
    messageBytes: message.length,
    before: shownBytes(before, AROUND_CHARACTERS),
    after: shownBytes(message.subarray(offset + found.length), AROUND_CHARACTERS),
  };
}

function latenessOf({ receipts, schedule }: Sighting): CheckedTransport['lateMs'] {
  const late = [...Map.groupBy(receipts.flat(), ({ seq }) => seq)].map(([seq, same]) => {
    const all = same.map(({ atUs }) => (atUs - dueUs(schedule, seq)) / 1000);
    return { first: Math.min(...all), last: Math.max(...all) };
  });
  if (late.length === 0) return null;
  return {
    first: medianOf(late.map(({ first }) => first))!,
    last: medianOf(late.map(({ last }) => last))!,
    most: Math.max(...late.map(({ last }) => last)),
  };
}

function noteOf(seen: Sighting, lateMs: number): string | null {
  if (TRAITS[seen.transport].asks !== 'never') return null;
  if (isHeadHeld(seen)) {
    return (
      'the head of the answer comes with the first tick alone: until then a client is not open, and where ticks are seconds apart it is given up. ' +
      'Send the head at once, when the client connects'
    );
  }
  if (lateMs < SLOW_MS) return null;
  return (
    `a tick takes ${Math.round(lateMs)} ms with nothing else to do. Does a write wait for an acknowledgement (set TCP_NODELAY), for a timer, ` +
    'or for a buffer that is flushed at an interval?'
  );
}

/** Whether each client was answered when a tick came that was not due yet as it connected: nothing but that can have been waited for. */
function isHeadHeld({ clients, schedule, startUs, tick }: Sighting): boolean {
  return clients.every(({ wire }) => {
    const [first] = receiptsOf(wire.messages.slice(0, 1), tick);
    return first !== undefined && first.atUs === wire.head?.atUs && dueUs(schedule, first.seq) > startUs;
  });
}
