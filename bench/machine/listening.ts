import { readdirSync, readlinkSync } from 'node:fs';
import { readText } from '../basics/read-text.ts';
import type { ProcessStat } from './processes.ts';

/** Where a socket listens: an address as /proc writes it, in words, and a port. */
export type Listener = { address: string; port: number; inode: string };

/** State of a listening socket in /proc/net/tcp (include/net/tcp_states.h). */
const LISTEN = '0A';

/**
 * The listening sockets of a /proc/net/tcp or tcp6 (proc(5)): addresses there are of 32 bits each, least significant byte first.
 */
export function parseListeners(table: string): Listener[] {
  return table
    .split('\n')
    .slice(1)
    .flatMap((line): Listener[] => {
      const [, local, , state, , , , , , inode] = line.trim().split(/\s+/);
      const [address, port] = local?.split(':') ?? [];
      if (state !== LISTEN || address === undefined || port === undefined || inode === undefined) return [];
      return [{ address: addressOf(address), port: Number.parseInt(port, 16), inode }];
    });
}

function addressOf(hex: string): string {
  const bytes = hex.match(/.{8}/g)!.flatMap((word) => word.match(/../g)!.toReversed());
  const mapped = bytes.length === 16 && /^(00){10}ffff$/i.test(bytes.slice(0, 12).join('')) ? bytes.slice(12) : bytes;
  if (mapped.length === 4) return mapped.map((byte) => Number.parseInt(byte, 16)).join('.');
  if (/^(00)+$/.test(mapped.join(''))) return '::';
  if (/^(00){15}01$/.test(mapped.join(''))) return '::1';
  return mapped
    .join('')
    .toLowerCase()
    .replaceAll(/(.{4})(?=.)/g, '$1:');
}

/** Whether only this machine reaches it. */
function isLoopback({ address }: Listener): boolean {
  return address === '::1' || address.startsWith('127.');
}

/** The sockets of these processes that listen where other machines can reach them; none where the system does not tell. */
export function openDoors(pids: readonly number[]): Listener[] {
  return listenersOf(pids, (listener) => !isLoopback(listener));
}

/** The sockets on which these processes listen, of those that are asked for; none where the system does not tell. */
export function listenersOf(
  pids: readonly number[],
  isAskedFor: (listener: Listener) => boolean = () => true,
): Listener[] {
  const all = ['tcp', 'tcp6'].flatMap((name) => parseListeners(readText(`/proc/net/${name}`) ?? '')).filter(isAskedFor);
  if (all.length === 0) return [];
  const inodes = new Set(pids.flatMap(socketInodes));
  return all.filter(({ inode }) => inodes.has(inode));
}

/** How many sockets these processes hold, each once; 0 where the system does not tell. */
export function openSockets(pids: readonly number[]): number {
  return new Set(pids.flatMap(socketInodes)).size;
}

const ANY: ReadonlySet<string> = new Set(['0.0.0.0', '::']);

/**
 * The processes that listen there, without those that one of them has started; none where the system does not tell, as of
 * processes of other users.
 *
 * @param host an address of this machine
 */
export function listenersAt(host: string, port: number, processes: ReadonlyMap<number, ProcessStat>): number[] {
  const inodes = new Set(
    ['tcp', 'tcp6']
      .flatMap((name) => parseListeners(readText(`/proc/net/${name}`) ?? ''))
      .filter((listener) => listener.port === port && (listener.address === host || ANY.has(listener.address)))
      .map(({ inode }) => inode),
  );
  if (inodes.size === 0) return [];
  const listening = new Set(
    [...processes.keys()].filter((pid) => socketInodes(pid).some((inode) => inodes.has(inode))),
  );
  return [...listening].filter((pid) => !listening.has(processes.get(pid)!.parent));
}

function socketInodes(pid: number): string[] {
  const folder = `/proc/${pid}/fd`;
  try {
    return readdirSync(folder).flatMap((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`${folder}/${fd}`))?.[1] ?? [];
      } catch {
        return []; // closed meanwhile
      }
    });
  } catch {
    return [];
  }
}
