// Where clients connect from. One source address has as many connections to one target as the system has ports for them;
// on loopback there are more addresses.

/** 127.0.0.1 to 127.0.0.250. */
const LOOPBACK_ADDRESSES = 250;

/** What is used of an address's ports: some are taken by other programs, and the search for a free one gets slow. */
const USED_SHARE = 0.7;

/**
 * A system usually has 28,000 ports for one address, but where the address is given Linux first looks among the even ones
 * of the lower half, some 7,000: when these are nearly all taken each connect searches for a millisecond. With 8,000 an
 * address, 36,000 clients did not get connected in time; with 4,000 they do.
 */
const MOST_PER_ADDRESS = 4000;

/** Clients that one source address carries. @param range first and last port for outgoing connections; null: unknown */
export function clientsPerAddress(range: readonly [number, number] | null): number {
  if (range === null) return MOST_PER_ADDRESS;
  const ports = Math.max(0, range[1] - range[0] + 1);
  return Math.max(1, Math.min(MOST_PER_ADDRESS, Math.floor(ports * USED_SHARE)));
}

/** How many source addresses there are towards a target. */
export function sourceAddresses(target: string): number {
  return target.startsWith('127.') ? LOOPBACK_ADDRESSES : 1;
}

/**
 * Where a client of the trial connects from: the system's choice while one address suffices, further 127.0.0.x beyond.
 *
 * @param client its number within the trial, from 0
 */
export function sourceAddress(target: string, client: number, perAddress: number): string | undefined {
  const address = Math.floor(client / perAddress) % sourceAddresses(target);
  return address === 0 ? undefined : `127.0.0.${1 + address}`;
}
