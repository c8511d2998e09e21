// What one delivered tick costs on the wire, from first principles: the protocols' own arithmetic, at the sockets, TCP and IP
// excluded. Runs in a browser too: no import of Node.
import { traitsOf } from '../../server/transports/traits.ts';

/** What Node adds to every answer: a date is always that long. */
const NODE_HEAD = 'Date: Sat, 21 Nov 2026 12:16:38 GMT\r\nConnection: keep-alive\r\nKeep-Alive: timeout=660\r\n\r\n'
  .length;
const EMPTY_ANSWER = 'HTTP/1.1 204 No Content\r\nCache-Control: no-store\r\n'.length + NODE_HEAD;
const JSON_HEAD =
  'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nCache-Control: no-store\r\nContent-Length: \r\n'.length +
  NODE_HEAD;

/** A JSON array of so many ticks, with its head, as the prepared fan-out answers. */
function answerBytes(ticks: number, payloadBytes: number): number {
  if (ticks === 0) return EMPTY_ANSWER;
  const body = ticks * payloadBytes + (ticks - 1) + 2;
  return JSON_HEAD + String(body).length + body;
}

/** What a lean client asks with; the port has five digits. */
function requestBytes(path: string, seq: number): number {
  return `GET ${path}${seq} HTTP/1.1\r\nHost: 127.0.0.1:12345\r\nAccept: application/json\r\n\r\n`.length;
}

export type Traffic = {
  /** From the server to its clients, for each delivered tick. */
  readonly sent: number;
  /** From the clients to the server. */
  readonly received: number;
};

export type TrafficLoad = {
  readonly transport: string;
  readonly rateHz: number;
  readonly payloadBytes: number;
  /** Null where the transport does not poll. */
  readonly pollIntervalMs: number | null;
  readonly pollLatest: boolean;
};

/**
 * Bytes for each delivered tick.
 *
 * A poll at a random phase finds the ticks of one interval, rate x interval in the mean: the whole number below that or the
 * one above. Polls that find none cost an answer and a request all the same, which the ticks that are delivered pay for.
 *
 * @param seq a typical sequence number, whose digits are sent
 * @returns null for a transport that this version does not know
 */
export function trafficOf(load: TrafficLoad, seq: number): Traffic | null {
  const { transport, payloadBytes } = load;
  const traits = traitsOf(transport);
  if (traits === null) return null;
  const { asks, path, pushedBytes } = traits;
  if (pushedBytes !== null) return { sent: pushedBytes(seq, payloadBytes), received: 0 };
  if (asks === 'interval') return pollingTraffic(load, seq, path);
  return { sent: answerBytes(1, payloadBytes), received: requestBytes(`${path}?after=`, seq) };
}

function pollingTraffic(
  { rateHz, payloadBytes, pollIntervalMs, pollLatest }: TrafficLoad,
  seq: number,
  path: string,
): Traffic {
  const due = (rateHz * (pollIntervalMs ?? 1000)) / 1000;
  const below = Math.floor(due);
  const fetched = (ticks: number) => (pollLatest ? Math.min(1, ticks) : ticks);
  const mean = (of: (ticks: number) => number) =>
    of(fetched(below)) * (1 - (due - below)) + of(fetched(below + 1)) * (due - below);
  const perPoll = mean((ticks) => ticks);
  return {
    sent: mean((ticks) => answerBytes(ticks, payloadBytes)) / perPoll,
    received: requestBytes(`${path}?${pollLatest ? 'latest=1&' : ''}after=`, seq) / perPoll,
  };
}
