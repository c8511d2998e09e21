/** A tick as the page needs it. */
export type ReceivedTick = { readonly seq: number; readonly dueUs: number };

type Wire = { seq: number; due: number };

/** A message of a stream: a tick, or the range of ticks that the server no longer has. */
export type StreamMessage = ReceivedTick | { readonly gap: { readonly from: number; readonly to: number } };

/** Reads one message of the WebSocket, or the data of one SSE event. */
export function readMessage(text: string): StreamMessage {
  const message = JSON.parse(text) as Wire | { gap: { from: number; to: number } };
  return 'gap' in message ? message : { seq: message.seq, dueUs: message.due };
}

/** Reads a poll's answer: its ticks, and the bytes of their payload, that is, without brackets and commas. ASCII only. */
export function readTicks(text: string): { ticks: ReceivedTick[]; payloadBytes: number } {
  const wire = JSON.parse(text) as Wire[];
  return {
    ticks: wire.map(({ seq, due }) => ({ seq, dueUs: due })),
    payloadBytes: wire.length === 0 ? 0 : text.length - wire.length - 1,
  };
}
