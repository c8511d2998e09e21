// Where clients connect from. One source address has as many connections to one target as the system has ports for them;
// on loopback there mostly are more addresses.
import { tryListen } from './try-listen.ts';

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

/** What takes ports of an address beside the clients: the server, the canary, and whoever asks the server before. */
const OTHER_PORTS = 16;

/**
 * Clients that connect from one source address before the next one is taken.
 *
 * @param range first and last port for outgoing connections; null: unknown
 * @param addresses how many source addresses there are; a sole one is that of all
 */
export function clientsPerAddress(range: readonly [number, number] | null, addresses: number): number {
  if (addresses === 1) return Number.MAX_SAFE_INTEGER;
  if (range === null) return MOST_PER_ADDRESS;
  return Math.max(1, Math.min(MOST_PER_ADDRESS, Math.floor(portsOf(range) * USED_SHARE)));
}

/**
 * Clients that all source addresses carry. Of a sole one every port is of use: it is not given with the socket, so that the system
 * needs no port that is free towards every target.
 */
export function mostClients(range: readonly [number, number], addresses: number): number {
  if (addresses === 1) return Math.max(0, portsOf(range) - OTHER_PORTS);
  return clientsPerAddress(range, addresses) * addresses;
}

/** How many ports the system gives to outgoing connections. */
export function portsOf([first, last]: readonly [number, number]): number {
  return Math.max(0, last - first + 1);
}

/**
 * How many source addresses there are towards a target. Tried with the last one, since not every loopback is a network: macOS and
 * the BSDs have 127.0.0.1 alone, and so may a container.
 */
export async function sourceAddresses(target: string): Promise<number> {
  if (!target.startsWith('127.')) return 1;
  return typeof (await tryListen(0, `127.0.0.${LOOPBACK_ADDRESSES}`)) === 'number' ? LOOPBACK_ADDRESSES : 1;
}

/**
 * Where a client of the trial connects from: the system's choice while one address suffices, further 127.0.0.x beyond.
 *
 * @param client its number within the trial, from 0
 * @param perAddress as {@link clientsPerAddress} says
 */
export function sourceAddress(target: string, client: number, perAddress: number): string | undefined {
  const address = Math.floor(client / perAddress) % LOOPBACK_ADDRESSES;
  return address === 0 || !target.startsWith('127.') ? undefined : `127.0.0.${1 + address}`;
}
