import { transportOf, type TransportId } from '../../server/transports/traits.ts';
import type { DriverKind } from '../result/schema.ts';
import type { ClientTransport } from './contract.ts';
import { longPolling } from './long-polling.ts';
import { polling } from './polling.ts';
import { sse } from './sse.ts';
import { stream } from './stream.ts';
import { websocket } from './websocket.ts';

/** Every transport as its clients see it; the keys are the server's, or it does not compile. */
export const CLIENT_TRANSPORTS = {
  polling,
  'long-polling': longPolling,
  sse,
  websocket,
  stream,
} as const satisfies Record<TransportId, ClientTransport>;

/** The packages that would carry the load of these transports and do not let a client choose its source address. */
export function librariesWithoutAddress(driver: DriverKind, transports: readonly string[]): string[] {
  if (driver !== 'library') return [];
  const all = transports.flatMap((entrant) => transportOf(entrant) ?? []).map((id) => CLIENT_TRANSPORTS[id]);
  return [...new Set(all.filter((one) => !one.libraryTakesAddress).map(({ libraryName }) => libraryName))];
}
