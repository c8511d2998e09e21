// Where each transport is asked for, and with what: the same for its lean and its library driver.
import { isIPv6 } from 'node:net';
import { TRAITS } from '../../server/transports/traits.ts';
import { filled } from '../basics/placeholders.ts';
import type { DriverOptions } from './contract.ts';

/** What stands for a client's cursor in the path of a poll. */
export const AFTER = '{after}';

/** Held by the server until a tick comes or its own limit is reached. */
export function longPollingPath({ path, door }: Pick<DriverOptions, 'path' | 'door'>): string {
  return door ? path : `${path}?after=${AFTER}`;
}

/** Answered at once. */
export function pollingPath({ path, door, poll }: Pick<DriverOptions, 'path' | 'door' | 'poll'>): string {
  return door ? path : `${path}?${poll.latestOnly ? 'latest=1&' : ''}after=${AFTER}`;
}

/** The first request of a long poll: of ours one that is answered at once, of another server what it has. */
export function longPollingOpeningPath({ path, door }: Pick<DriverOptions, 'path' | 'door'>): string {
  return door ? path : `${TRAITS.polling.path}?after=${AFTER}`;
}

/** A client's path, of a transport that has no cursor in it. */
export function pathOf({ path, firstClient }: Pick<DriverOptions, 'path' | 'firstClient'>, client: number): string {
  return filled(path, firstClient + client);
}

/** The header fields of a client's requests: `own` ones of its transport, in whose place those of the target stand. */
export function fieldsOf(
  { door, firstClient }: Pick<DriverOptions, 'door' | 'firstClient'>,
  own: Readonly<Record<string, string>>,
  client: number,
): Record<string, string> {
  const asked = Object.entries(door?.headers ?? {});
  const isReplaced = (name: string) => asked.some(([other]) => other.toLowerCase() === name.toLowerCase());
  return Object.fromEntries([
    ...Object.entries(own).filter(([name]) => !isReplaced(name)),
    ...asked.map(([name, value]) => [name, filled(value, firstClient + client)] as const),
  ]);
}

/** Header fields as lines. */
export function fieldLines(fields: Readonly<Record<string, string>>): string {
  return Object.entries(fields)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('');
}

/** Host and port as URLs and Host headers have them (RFC 3986, 3.2.2): an IPv6 address stands in brackets. */
export function authority({ host, port }: Pick<DriverOptions, 'host' | 'port'>): string {
  return `${isIPv6(host) ? `[${host}]` : host}:${port}`;
}
