import type { LinkState } from '../../model/channel.ts';
import type { ReceivedTick } from '../../model/tick-text.ts';

/** What a link tells its owner, each at the moment that its handler runs. */
export type LinkEvents = {
  state(state: LinkState): void;
  /** The connection is there, for the first time or again. */
  opened(): void;
  ticks(ticks: readonly ReceivedTick[], payloadBytes: number): void;
  /** The server no longer has these ticks. */
  gap(from: number, to: number): void;
  /** The connection is lost. `next` says, for people, what happens now. */
  lost(next: string): void;
  /** It tries to come back. */
  attempt(): void;
};

export type LinkOptions = {
  /** `host:port` of the server. */
  readonly host: string;
  /** Live settings; only short polling looks at them. */
  readonly settings: { readonly pollIntervalMs: number; readonly newestOnly: boolean };
};

/** One transport as browsers have it: opened, it stays connected or tries to, until it is closed. */
export type Link = {
  /** @param after the newest tick that is held already; 0 for none */
  open(after: number): void;
  close(): void;
};

/** `cursor` is the newest tick that has come, for links that must name it themselves when they come back. */
export type CreateLink = (options: LinkOptions, events: LinkEvents, cursor: () => number) => Link;

/** The query that names the newest tick held; empty for none. */
export function afterQuery(after: number, separator: '?' | '&' = '?'): string {
  return after > 0 ? `${separator}after=${after}` : '';
}

const SOURCE_NAMES: readonly string[] = ['CONNECTING', 'OPEN', 'CLOSED'];
const SOCKET_NAMES: readonly string[] = ['CONNECTING', 'OPEN', 'CLOSING', 'CLOSED'];

/** The number and the name of an EventSource's state; its CLOSED is 2. */
export function sourceState({ readyState }: EventSource): LinkState {
  return { code: readyState, name: SOURCE_NAMES[readyState] ?? '' };
}

/** The number and the name of a WebSocket's state; its CLOSED is 3. */
export function socketState({ readyState }: WebSocket): LinkState {
  return { code: readyState, name: SOCKET_NAMES[readyState] ?? '' };
}
