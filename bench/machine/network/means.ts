import { spawnSync } from 'node:child_process';
import { CLIENTS_FD, OPENER_NAMES, withDevice, type Opener } from './devices.ts';

/** How a network of a run's own is made on this machine. */
export type NetworkMeans = {
  /** In a user namespace, since this user may make no other. */
  isUser: boolean;
  opener: Opener;
};

const TRY_TIMEOUT_MS = 5000;

/** A command that only has to be reached. */
const NOTHING = ['sh', '-c', ':'];

let tried: NetworkMeans | { problem: string } | undefined;

/** How it is made here, or a sentence without its end that says what is missing and how to get it. Tried once, in a namespace of its own. */
export function networkMeans(): NetworkMeans | { problem: string } {
  tried ??= tryMeans(process.platform, run);
  return tried;
}

/** What became of a command: null where there is no such program, else its exit code, and what it said last. */
export type Tried = { status: number | null; said: string } | null;

/** The same for another system and other programs. */
export function tryMeans(
  platform: string,
  attempt: (command: readonly string[]) => Tried,
): NetworkMeans | { problem: string } {
  if (platform !== 'linux') return { problem: 'it takes network namespaces, which only Linux has' };
  for (const [program, option, from] of [
    ['unshare', '-V', 'util-linux'],
    ['nsenter', '-V', 'util-linux'],
    ['ip', '-V', 'iproute2'],
  ] as const) {
    if (attempt([program, option]) === null) {
      return { problem: `it takes ${program}, which was not found: install ${from}` };
    }
  }
  let refusal = '';
  const isUser = [false, true].find((user) => {
    const made = attempt([...alone(user), ...NOTHING]);
    refusal = made?.said ?? '';
    return made?.status === 0;
  });
  if (isUser === undefined) {
    return {
      problem: `this user may make no network namespace (${refusal}): run as root, or let users have namespaces (sysctl kernel.unprivileged_userns_clone, kernel.apparmor_restrict_unprivileged_userns), or give the container CAP_SYS_ADMIN and CAP_NET_ADMIN`,
    };
  }
  let said: string | null = null;
  for (const opener of OPENER_NAMES) {
    const opened = attempt([...alone(isUser), ...withDevice(opener, CLIENTS_FD, NOTHING)]);
    if (opened?.status === 0) return { isUser, opener };
    // unshare itself says 127 where there is no such program
    if (opened !== null && opened.status !== 127) said ??= opened.said;
  }
  return {
    problem:
      said === null
        ? `opening a TUN device takes ${OPENER_NAMES.join(' or ')}, and neither was found: install one of them`
        : `a TUN device cannot be opened (${said}): load the module (modprobe tun), and give a container the device /dev/net/tun`,
  };
}

function alone(isUser: boolean): string[] {
  return ['unshare', ...(isUser ? ['-U', '-r'] : []), '-n'];
}

function run([program, ...args]: readonly string[]): Tried {
  const { error, status, stderr } = spawnSync(program!, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: TRY_TIMEOUT_MS,
  });
  if (error !== undefined && 'code' in error && error.code === 'ENOENT') return null;
  return { status, said: error?.message ?? (stderr.trim().split('\n').at(-1) || `exit code ${status}`) };
}
