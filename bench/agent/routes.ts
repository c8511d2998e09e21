// Where each transport is asked for: the same for its lean and its library driver.
import { isIPv6 } from 'node:net';
import type { DriverOptions } from './contract.ts';

/** Held by the server until a tick comes or its own limit is reached; the path up to the cursor. */
export function longPollingPath({ path }: Pick<DriverOptions, 'path'>): string {
  return `${path}?after=`;
}

/** The path up to the cursor. */
export function pollingPath(options: DriverOptions): string {
  return `${options.path}?${options.poll.latestOnly ? 'latest=1&' : ''}after=`;
}

/** Host and port as URLs and Host headers have them (RFC 3986, 3.2.2): an IPv6 address stands in brackets. */
export function authority({ host, port }: Pick<DriverOptions, 'host' | 'port'>): string {
  return `${isIPv6(host) ? `[${host}]` : host}:${port}`;
}
