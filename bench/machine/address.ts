// Where a server may listen and where agents may aim: loopback and private networks, unless somebody says that a machine
// is theirs. A load generator that can be pointed anywhere is a weapon.
import { lookup } from 'node:dns/promises';
import { BlockList, isIP, isIPv6 } from 'node:net';
import { PushbenchError } from '../basics/errors.ts';

/** Where the server of a trial listens, and the address that its clients connect to; both resolved. */
export type Address = { readonly listen: string; readonly aim: string };

export const LOOPBACK: Address = { listen: '127.0.0.1', aim: '127.0.0.1' };

/** What was asked for on the command line. */
export type AddressOptions = {
  /** A name or an address. */
  host: string;
  unsafeBind: boolean;
  /** The one host that the user vouches for. */
  ownTarget: string | undefined;
};

const loopback = ranges(['127.0.0.0', 8], ['::1', 128]);
/** RFC 1918, RFC 3927, RFC 4193, RFC 4291: networks that do not reach beyond their site or link. */
const site = ranges(
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['169.254.0.0', 16],
  ['fc00::', 7],
  ['fe80::', 10],
);
const wildcard = ranges(['0.0.0.0', 32], ['::', 128]);

/**
 * Resolves the host once, so that every trial of a run goes to the same machine, and applies the policy.
 *
 * @throws PushbenchError (usage) where the policy forbids the address; (target) where the name cannot be resolved
 */
export async function resolveAddress(options: AddressOptions): Promise<Address> {
  const listen = isIP(options.host) ? options.host : await resolve(options.host);
  const aim = holds(wildcard, listen) ? (isIPv6(listen) ? '::1' : '127.0.0.1') : listen;
  const problems = addressProblems(options, listen);
  if (problems.length > 0) {
    throw new PushbenchError('usage', 'ADDRESS', `${problems.join('\n')}\nNothing was started.`);
  }
  return { listen, aim };
}

/** What stands against an address, as sentences with their flag; empty where nothing does. Pure. */
export function addressProblems({ host, unsafeBind, ownTarget }: AddressOptions, listen: string): string[] {
  const named = host === listen ? host : `${host} (${listen})`;
  if (holds(loopback, listen)) return [];
  const problems: string[] = [];
  if (!unsafeBind) {
    problems.push(
      `--host ${named}: others could reach the server there; use 127.0.0.1, or add --unsafe-bind where they may`,
    );
  }
  if (!holds(wildcard, listen) && !holds(site, listen) && ownTarget !== host) {
    problems.push(
      `--host ${named}: neither loopback nor a private address, so that the load could hit somebody else; ` +
        `where the machine is yours, add --i-own-this-target ${host}`,
    );
  }
  return problems;
}

/**
 * The address of a server that is there already, which nobody makes listen anywhere: only who is aimed at counts.
 *
 * @param named as messages call it
 * @param ownTarget the one host that the user vouches for
 * @throws PushbenchError as {@link resolveAddress}
 */
export async function resolveAim(host: string, named: string, ownTarget: string | undefined): Promise<string> {
  const address = isIP(host) ? host : await resolve(host, named);
  if (holds(wildcard, address)) return isIPv6(address) ? '::1' : '127.0.0.1';
  if (holds(loopback, address) || holds(site, address) || ownTarget === host) return address;
  throw new PushbenchError(
    'usage',
    'ADDRESS',
    `${named}${address === host ? '' : ` (${address})`}: neither loopback nor a private address, so that the load could hit somebody ` +
      `else; where the machine is yours, add --i-own-this-target ${host}\nNothing was started.`,
  );
}

async function resolve(name: string, named = `--host ${name}`): Promise<string> {
  try {
    return (await lookup(name, { order: 'ipv4first' })).address;
  } catch (error) {
    const { code = 'ENOTFOUND' } = error as NodeJS.ErrnoException;
    throw new PushbenchError(
      'target',
      'TARGET_UNKNOWN',
      `${named}: no address is known for it (${code}); write an address, or a name that resolves. Nothing was started.`,
      { cause: error },
    );
  }
}

function ranges(...networks: [string, number][]): BlockList {
  const list = new BlockList();
  for (const [network, prefix] of networks) list.addSubnet(network, prefix, isIPv6(network) ? 'ipv6' : 'ipv4');
  return list;
}

function holds(list: BlockList, address: string): boolean {
  return list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}
