// What is wrong with a server, from what a few clients saw of it: one sentence with what happened and what to do. Pure.
import { dueUs, type Schedule } from '../../server/feed/schedule.ts';
import type { Tick } from '../../server/feed/tick.ts';
import { seqAt, TOKEN_START } from '../../server/feed/token.ts';
import { TRAITS, type TransportId } from '../../server/transports/traits.ts';
import { visible } from '../basics/shown.ts';
import type { Target } from '../result/target.ts';
import { findToken, type WireMessage, type WireReader } from './wire-reader.ts';

/** What one client saw. */
export type ClientSeen = {
  readonly wire: Pick<WireReader, 'head' | 'messages' | 'rest' | 'waitsFor'>;
  isOpen: boolean;
  /** Why it could not be opened, or was let go. */
  failure: { code: string; message: string; wasOpen: boolean } | null;
};

/** One tick that came to a client: whether each byte of it is right, and where in which message it began. */
export type Receipt = {
  readonly seq: number;
  readonly atUs: number;
  readonly isIntact: boolean;
  readonly message: WireMessage;
  readonly offset: number;
};

/** What a few clients saw of one transport. */
export type Sighting = {
  readonly transport: TransportId;
  readonly path: string;
  readonly schedule: Schedule;
  /** Where ticks come from: what the server is told to send on. */
  readonly feed: string;
  /** When the first client began to connect. */
  readonly startUs: number;
  readonly clients: readonly ClientSeen[];
  /** The ticks that are judged, of each client; empty where none was waited for. */
  readonly receipts: readonly (readonly Receipt[])[];
  /** From the first to the last tick that is judged; null where none was waited for. */
  readonly window: { readonly firstSeq: number; readonly lastSeq: number } | null;
  /** Its answers hold the newest tick alone, or the last few: what is skipped and repeated is so by design. */
  readonly isLatestOnly: boolean;
  /** Whole answers that came meanwhile; null where no ticks were waited for. */
  readonly answers: { readonly count: number; readonly inMs: number } | null;
  /** How long was waited, for an answer or for ticks. */
  readonly waitedMs: number;
  readonly tick: (seq: number) => Tick;
};

/** What is wrong; `code` is stable, for programs. */
export type Fault = { readonly code: string; readonly says: string };

/** How the ticks of the window came, all clients together. */
export type SeenCounts = {
  readonly ticks: number;
  readonly perClient: readonly number[];
  readonly missing: number;
  readonly duplicate: number;
  readonly corrupt: number;
  readonly outOfOrder: number;
};

/** Ticks that come so close together came at once. */
const AT_ONCE_US = 5000;

/** More answers than this, and more often, beyond one a tick, and a long poll was not held. */
const MOST_EMPTY = 20;
const MOST_EMPTY_PER_MS = 0.1;

/** As much of what came as a sentence quotes. */
const QUOTED_CHARACTERS = 120;

/** How a server comes by its ticks, as the object of "Send". */
export function feedWords(target: Target | undefined): string {
  if (target === undefined) return 'each tick';
  if (target.publish === 'stdin') return 'each line of standard input';
  return typeof target.publish === 'object' ? 'each message that is published to it' : 'each tick';
}

/** Bytes as text on one line: what a terminal would act on as an escape, cut where it is long. */
export function shownBytes(bytes: Uint8Array, mostCharacters: number): string {
  const text = Buffer.from(bytes).toString('utf8');
  const cut = text.length > mostCharacters ? `${text.slice(0, mostCharacters)}…` : text;
  return visible(cut.replaceAll('\r', String.raw`\r`).replaceAll('\n', String.raw`\n`));
}

/** All ticks in what a client was sent, in their order. Events of a type are none: a browser hands them to nobody who did not ask for it. */
export function receiptsOf(messages: readonly WireMessage[], tick: (seq: number) => Tick): Receipt[] {
  return messages
    .filter(({ heard, eventType }) => heard === 'message' && eventType === undefined)
    .flatMap((message) => ticksIn(message, tick));
}

function ticksIn(message: WireMessage, tick: (seq: number) => Tick): Receipt[] {
  const { bytes, atUs } = message;
  const found: Receipt[] = [];
  for (let at = findToken(bytes, 0, bytes.length); at >= 0;) {
    const seq = seqAt(bytes, at, bytes.length);
    const { token } = tick(seq);
    const isIntact = bytes.subarray(at, at + token.length).equals(token);
    found.push({ seq, atUs, isIntact, message, offset: at });
    at = findToken(bytes, at + (isIntact ? token.length : TOKEN_START.length), bytes.length);
  }
  return found;
}

/** What was received of the window, and what was not. */
export function countsOf({ receipts, window, clients, isLatestOnly }: Sighting): SeenCounts {
  const ticks = window === null ? 0 : window.lastSeq - window.firstSeq + 1;
  let [duplicate, corrupt, outOfOrder] = [0, 0, 0];
  const perClient = receipts.map((received) => {
    const seen = new Set<number>();
    let newest = 0;
    for (const { seq, isIntact } of received) {
      if (isLatestOnly && seq <= newest) continue;
      if (seen.has(seq)) duplicate++;
      else if (seq < newest) outOfOrder++;
      if (!isIntact && !seen.has(seq)) corrupt++;
      seen.add(seq);
      newest = Math.max(newest, seq);
    }
    return seen.size;
  });
  const came = perClient.reduce((sum, count) => sum + count, 0);
  return {
    ticks,
    perClient,
    missing: isLatestOnly ? 0 : ticks * clients.length - came,
    duplicate,
    corrupt,
    outOfOrder,
  };
}

/**
 * How late the first of several ticks was that came to a client at once, at most, in milliseconds; 0 where each came by itself.
 *
 * A server that has been asleep sends such a clump as well: one alone proves nothing.
 */
export function clumpMs(receipts: readonly (readonly Receipt[])[], schedule: Schedule): number {
  let mostUs = 0;
  for (const received of receipts) {
    for (const [index, first] of received.entries()) {
      const isClump = received.some(
        ({ seq, atUs }, other) => other > index && seq > first.seq && atUs - first.atUs < AT_ONCE_US,
      );
      if (isClump) mostUs = Math.max(mostUs, first.atUs - dueUs(schedule, first.seq));
    }
  }
  return mostUs / 1000;
}

/**
 * What is wrong through and through: nothing could be measured of it. Null where there is nothing of the kind.
 *
 * @param mostClumpMs how late ticks that come in a clump may be
 */
export function faultOf(seen: Sighting, mostClumpMs: number): Fault | null {
  return openingFault(seen) ?? spinningFault(seen) ?? tickFault(seen, mostClumpMs);
}

/** What is wrong now and then: a run measures it, and tells how much. */
export function lapseOf(seen: Sighting): Fault | null {
  const { ticks, missing, duplicate, corrupt, outOfOrder } = countsOf(seen);
  const all = ticks * seen.clients.length;
  const fault = (code: string, what: string, remedy: string): Fault => ({
    code,
    says: `of ${ticks} ticks to ${seen.clients.length} clients, ${all} in all, ${what}, though there is nothing else to do. ${remedy}`,
  });
  if (corrupt > 0) return fault('ALTERED', `${corrupt} came altered`, 'Send each unchanged, every byte of it');
  if (missing > 0) return fault('MISSED', `${missing} never came`, `Send ${seen.feed} to every client, whatever comes`);
  if (duplicate > 0) return fault('TWICE', `${duplicate} came twice`, 'Send each once');
  if (outOfOrder > 0) return fault('DISORDER', `${outOfOrder} came after a later one`, 'Send them in their order');
  return null;
}

/** A client of long polling asks again at once: where it is answered at once as well, both do nothing else. */
function spinningFault({ transport, receipts, answers }: Sighting): Fault | null {
  if (TRAITS[transport].asks !== 'at-once' || answers === null) return null;
  const empty = answers.count - receipts.flat().length;
  if (empty <= MOST_EMPTY || empty / answers.inMs <= MOST_EMPTY_PER_MS) return null;
  return {
    code: 'NOT_HELD',
    says:
      `${empty} answers without a new tick in ${Math.round(answers.inMs)} ms: a long poll is held until there is one. Where it is answered at ` +
      'once, have it measured as polling (--poll)',
  };
}

function openingFault({ transport, path, clients, waitedMs }: Sighting): Fault | null {
  const { wire, failure } =
    clients.find((client) => client.failure) ?? clients.find(({ isOpen }) => !isOpen) ?? clients[0]!;
  const { head } = wire;
  if (head !== null) {
    const refused = refusal(transport, path, head.status, head.location, wire.rest);
    if (refused) return refused;
    if (head.contentEncoding !== null && head.contentEncoding !== 'identity') {
      return {
        code: 'COMPRESSED',
        says:
          `the stream is compressed (content-encoding: ${visible(head.contentEncoding)}), and no client asked for that. Leave it out of the ` +
          'compression of your server, or of the proxy before it: an event is too short to gain by it, and is held back until a block is full',
      };
    }
  }
  if (failure !== null) return failureFault(transport, failure, wire.rest);
  if (clients.every(({ isOpen }) => isOpen)) return null;
  if (head === null) {
    return {
      code: 'NO_ANSWER',
      says:
        `no answer to a client within ${Math.round(waitedMs / 100) / 10} s. ` +
        (TRAITS[transport].asks === 'at-once'
          ? 'Answer a long poll with the next tick'
          : 'Send the head of the answer at once, before the first tick'),
    };
  }
  const heard = wire.messages.filter(({ heard }) => heard === 'opening').map(({ bytes }) => quoted(bytes));
  return {
    code: 'HANDSHAKE',
    says:
      `the WebSocket stands, but its opening waits for a message with '${visible(wire.waitsFor ?? '')}' in it, and ` +
      `${heard.length === 0 ? `nothing came in ${waitedMs / 1000} s` : `what came is ${heard.join(', ')}`}. ` +
      'Correct "open" of the target file: what the server says and what it wants to be told, in order',
  };
}

const REFUSALS: Readonly<Record<number, string>> = {
  401: 'it wants to know who asks. Let in whoever comes from 127.0.0.1, or put what it asks for into the query of the path',
  403: 'it lets this client not in. Let in whoever comes from 127.0.0.1, also without an Origin, or put what it asks for into the query of the path',
  404: 'nothing is at that path. Give the path that it has, its query included',
  405: 'it takes no GET at that path. Let it, or give another path',
  429: 'it limits how often one address may ask. Take off the limit for 127.0.0.1: all clients come from there',
};

/** Why a client was turned away by the head of the answer; null where it was not. */
function refusal(
  transport: TransportId,
  path: string,
  status: number,
  location: string | null,
  body: Buffer,
): Fault | null {
  if (transport === 'websocket' ? status === 101 : status === 200 || status === 204 || status === 304) return null;
  const fault = (why: string): Fault => ({
    code: `HTTP_${status}`,
    says: `the server answered ${status} to GET ${path}${transport === 'websocket' ? ' with Upgrade: websocket' : ''}: ${why}`,
  });
  const known = REFUSALS[status];
  if (known !== undefined) return fault(known);
  if (status >= 300 && status < 400) {
    return fault(`it redirects to ${visible(location ?? 'nowhere')}, and clients do not follow. Give that path`);
  }
  if (status >= 500) {
    const said = body.length === 0 ? '' : `, saying ${quoted(body)}`;
    return fault(`it failed${said}. See what it writes; behind a proxy, whether that finds the server`);
  }
  if (transport === 'websocket' && status < 300) {
    return fault(
      'an ordinary page is at that path. Give the path of the WebSocket; a proxy before it has to pass on Upgrade and Connection',
    );
  }
  if (status === 426 && transport !== 'websocket') {
    return fault('a WebSocket is at that path, and nothing else. Give it as such (--ws, "websocket"), or another path');
  }
  if (transport === 'websocket') {
    return fault(
      'it refused the upgrade. It asks for version 13, without extensions, cookies and Origin: is a subprotocol or a query missing?',
    );
  }
  return fault(`it turned the client away. Does it have ${transport} at that path?`);
}

function failureFault(
  transport: TransportId,
  { code, message, wasOpen }: NonNullable<ClientSeen['failure']>,
  rest: Buffer,
): Fault {
  if (code === 'CONTENT_TYPE') {
    const wanted = transport === 'stream' ? 'application/x-ndjson' : 'text/event-stream';
    return { code, says: `${message}, where clients take ${wanted} alone. Set content-type: ${wanted}` };
  }
  if (code === 'HTTP_STATUS_LINE' && rest.length > 0) {
    return { code, says: `${message} It said ${quoted(rest)}. Is it another server's port, or one for TLS?` };
  }
  if (wasOpen) {
    return {
      code,
      says: `it let a client go: ${message} (${code}). Keep the connection open until the client leaves`,
    };
  }
  if (code === 'HTTP_CLOSE') return { code, says: message };
  return { code, says: `${message} (${code}). Does the server have ${transport} at that path?` };
}

function tickFault(seen: Sighting, mostClumpMs: number): Fault | null {
  const { receipts, window, clients, feed, schedule } = seen;
  if (window === null) return null;
  const all = receipts.flat();
  if (all.length === 0) return noTickFault(seen);
  if (!all.some(({ isIntact }) => isIntact)) return alteredFault(all[0]!, seen.tick);
  const reach = Math.max(...[...Map.groupBy(all, ({ seq }) => seq).values()].map(clientsOf(receipts)));
  const isServed = seen.isLatestOnly ? receipts.every(({ length }) => length > 0) : reach === clients.length;
  if (!isServed) {
    const to = reach === 1 ? 'one client' : `${reach} of ${clients.length} clients`;
    return {
      code: 'ONE_CLIENT',
      says: `ticks come to ${to} only. Send ${feed} to every client that is connected`,
    };
  }
  const { ticks, duplicate } = countsOf(seen);
  if (ticks > 1 && duplicate >= ticks * clients.length) {
    return {
      code: 'TWICE',
      says: 'each tick comes twice to a client. Send it once: is a client kept twice, or are there two readers of the feed?',
    };
  }
  const lateMs = clumpMs(receipts, schedule);
  return lateMs > mostClumpMs ? heldFault(lateMs) : null;
}

function heldFault(lateMs: number): Fault {
  return {
    code: 'HELD',
    says:
      `ticks come several at once, the first of them ${Math.round(lateMs)} ms late: a buffer holds them back until it is full. Flush after each; ` +
      'where a proxy is before it, or something that compresses, switch off its buffering (X-Accel-Buffering: no) and compression for this path',
  };
}

/** How many clients have a tick. */
function clientsOf(receipts: readonly (readonly Receipt[])[]): (same: readonly Receipt[]) => number {
  return ([one]) => receipts.filter((received) => received.some(({ seq }) => seq === one!.seq)).length;
}

function alteredFault({ seq, message, offset }: Receipt, tick: (seq: number) => Tick): Fault {
  const { token } = tick(seq);
  const came = message.bytes.subarray(offset, offset + token.length);
  const at = token.findIndex((byte, index) => byte !== came[index]);
  const got = came.subarray(Math.max(0, at - 8), at + 8);
  const want = token.subarray(Math.max(0, at - 8), at + 8);
  return {
    code: 'ALTERED',
    says:
      at === came.length
        ? `ticks are cut short: of ${token.length} bytes from pb1_ on ${came.length} came. Send each line whole: does its reader have a limit?`
        : `ticks come altered: at byte ${at} from pb1_ on stands ${quoted(got)} instead of ${quoted(want)}. Send each line unchanged`,
  };
}

function noTickFault({ transport, clients, feed, waitedMs }: Sighting): Fault {
  const messages = clients.flatMap(({ wire }) => wire.messages).filter(({ heard }) => heard === 'message');
  const waited = `in ${Math.round(waitedMs / 100) / 10} s`;
  const typed = messages.find(({ bytes, eventType }) => eventType !== undefined && hasToken(bytes));
  if (typed) {
    return {
      code: 'EVENT_TYPE',
      says: `ticks come as events of type '${visible(typed.eventType!)}', which clients do not listen for. Leave out the line event:`,
    };
  }
  const rest = clients.map(({ wire }) => wire.rest).find(({ length }) => length > 0);
  const hidden = disguiseOf([...messages.map(({ bytes }) => bytes), ...(rest ? [rest] : [])]);
  if (hidden !== null) {
    return {
      code: 'DISGUISED',
      says: `ticks come ${hidden}. Send ${feed} as it is, as plain text: what clients compare are its bytes`,
    };
  }
  if (rest !== undefined && messages.length === 0)
    return { code: 'NO_MESSAGE', says: fragmentWords(transport, rest, waited) };
  const [first] = messages;
  if (first !== undefined) {
    return {
      code: 'NO_TICK',
      says: `messages come, but none has a tick in it: ${quoted(first.bytes)}. Send ${feed} to every client, unchanged and at once`,
    };
  }
  return {
    code: 'NO_TICK',
    says:
      `no whole tick came ${waited}, nor any other message. Send ${feed} to every client, unchanged and at once: does it read what it is given, ` +
      'is each write flushed, or does a buffer, a proxy or a compression hold it back?',
  };
}

function fragmentWords(transport: TransportId, rest: Buffer, waited: string): string {
  const remedy =
    transport === 'sse'
      ? 'An event is a line that begins with data: and an empty line after it'
      : transport === 'stream'
        ? 'End each tick with a line break'
        : 'End what was begun: is a length wrong?';
  return `bytes come, but ${waited} no whole message: ${quoted(rest)}. ${remedy}`;
}

function hasToken(bytes: Buffer): boolean {
  return findToken(bytes, 0, bytes.length) >= 0;
}

/** What `pb1_` becomes, and what that is called. In base64 it has three forms, by where it stands: of each only what it alone decides. */
const DISGUISES: readonly (readonly [pattern: Buffer, words: string])[] = [
  ...[0, 1, 2].map((before): readonly [Buffer, string] => {
    const encoded = Buffer.from(`${'x'.repeat(before)}${TOKEN_START}`).toString('base64');
    const whole = encoded.slice(Math.ceil((before * 8) / 6), Math.floor(((before + TOKEN_START.length) * 8) / 6));
    return [Buffer.from(whole), 'in base64'];
  }),
  [Buffer.from(Buffer.from(TOKEN_START).toString('hex')), 'as hexadecimal digits'],
  [Buffer.from(TOKEN_START, 'utf16le'), 'in UTF-16'],
  // The first bytes of a gzip member (RFC 1952, 2.3.1).
  [Buffer.of(0x1f, 0x8b, 0x08), 'compressed (gzip)'],
];

/** How ticks are hidden in messages; null where they are not, or in another way. */
function disguiseOf(messages: readonly Buffer[]): string | null {
  return DISGUISES.find(([pattern]) => messages.some((bytes) => bytes.includes(pattern)))?.[1] ?? null;
}

function quoted(bytes: Uint8Array): string {
  return `'${shownBytes(bytes, QUOTED_CHARACTERS)}'`;
}
