import { readToken } from '../../feed/token.ts';

/** A tick as the page needs it. */
export type ReceivedTick = { readonly seq: number; readonly dueUs: number };

type Wire = { tick: string };

/** A message of a stream: a tick, or the range of ticks that the server no longer has. */
export type StreamMessage = ReceivedTick | { readonly gap: { readonly from: number; readonly to: number } };

/** Reads one message of the WebSocket, or the data of one SSE event. */
export function readMessage(text: string): StreamMessage {
  const message = JSON.parse(text) as Wire | { gap: { from: number; to: number } };
  return 'gap' in message ? message : tickOf(message);
}

/** Reads a poll's answer: its ticks, and the bytes of their payload, that is, without brackets and commas. ASCII only. */
export function readTicks(text: string): { ticks: ReceivedTick[]; payloadBytes: number } {
  const wire = JSON.parse(text) as Wire[];
  return {
    ticks: wire.map(tickOf),
    payloadBytes: wire.length === 0 ? 0 : text.length - wire.length - 1,
  };
}

function tickOf({ tick }: Wire): ReceivedTick {
  const read = readToken(tick);
  if (!read) throw new TypeError(`no tick of this server: ${tick.slice(0, 40)}`);
  return read;
}
