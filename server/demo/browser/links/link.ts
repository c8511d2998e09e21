import { backoffMs } from '../../model/backoff.ts';
import type { LinkState } from '../../model/channel.ts';
import { readMessage, type ReceivedTick } from '../../model/tick-text.ts';

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
export type Link = { open(): void; close(): void };

/** `after`: the parameter of an address that names the newest tick held; empty where none is. */
export type CreateLink = (options: LinkOptions, events: LinkEvents, after: () => string) => Link;

/** What is connected once: runs until the connection is lost, and then throws; until the signal, and then says nothing more. */
type Connect = (signal: AbortSignal, opened: () => void) => Promise<never>;

/**
 * A link that comes back by this page's own code: with backoff, and jitter.
 *
 * @param hasStates whether the API that is used tells of its states; else they are told by name here
 */
export function returningLink(events: LinkEvents, connect: Connect, hasStates = false): Link {
  let current: AbortController | undefined;
  const tell = (name: string) => hasStates || events.state({ code: null, name });

  const keep = async () => {
    for (let failures = 0; ;) {
      const own = (current = new AbortController());
      let isOpen = false;
      const opened = () => {
        failures = 0;
        if (!isOpen) events.opened();
        isOpen = true;
      };
      try {
        await connect(own.signal, opened);
      } catch (error) {
        if (own.signal.aborted) return;
        const waitMs = backoffMs(failures++, Math.random());
        tell('backing off');
        events.lost(`${(error as Error).message}; our own code tries again in ${Math.round(waitMs)} ms`);
        await sleep(waitMs);
        if (own.signal.aborted) return;
        events.attempt();
      }
    }
  };
  const close = () => {
    if (!current) return;
    current.abort();
    current = undefined;
    tell('stopped');
  };
  return {
    open: () => {
      close();
      void keep();
    },
    close,
  };
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

/** Fetches a feed past every cache. @throws Error that names any status but success */
export async function fetchFeed(url: string, signal: AbortSignal): Promise<Response> {
  const response = await fetch(url, { signal, cache: 'no-store' });
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  return response;
}

/** Tells what a message of a stream says. */
export function tellMessage(events: LinkEvents, text: string): void {
  const message = readMessage(text);
  if ('gap' in message) events.gap(message.gap.from, message.gap.to);
  else events.ticks([message], text.length);
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
