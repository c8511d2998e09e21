import type { LinkState } from '../model/channel.ts';

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
