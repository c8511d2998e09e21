// The commands of which a network of a run's own is made: ip, unshare and nsenter. Pure.

/** The device of either namespace. */
const DEVICE = 'wire0';

/** Where the wire finds its two devices open. Below them are the standard streams and Node's own channel. */
export const CLIENTS_FD = 20;
export const SERVER_FD = 21;

/**
 * Opens a TUN device and goes on as the command behind it, with the device as the file descriptor that is named: attaching to one takes
 * an ioctl (TUNSETIFF with IFF_TUN | IFF_NO_PI, linux/if_tun.h), which Node does not have. Perl is in every Debian, python3 in
 * most systems.
 */
const OPENERS = {
  perl: [
    'perl',
    '-MPOSIX',
    '-e',
    `sysopen(my $f, "/dev/net/tun", 2) or die "/dev/net/tun: $!\\n"; my $asked = pack("a16Sx22", "${DEVICE}", 0x1001); ioctl($f, 0x400454ca, $asked) or die "TUNSETIFF: $!\\n"; POSIX::dup2(fileno($f), shift); exec { $ARGV[0] } @ARGV or die "$!\\n"`,
  ],
  python3: [
    'python3',
    '-c',
    `import fcntl, os, struct, sys\nf = os.open("/dev/net/tun", os.O_RDWR)\nfcntl.ioctl(f, 0x400454ca, struct.pack("16sH22x", b"${DEVICE}", 0x1001))\nos.dup2(f, int(sys.argv[1]))\nos.execvp(sys.argv[2], sys.argv[2:])`,
  ],
} as const;

export type Opener = keyof typeof OPENERS;

/** In the order in which they are tried. */
export const OPENER_NAMES = Object.keys(OPENERS) as Opener[];

/** The command with a device of the namespace open in front of it. */
export function withDevice(opener: Opener, fd: number, command: readonly string[]): string[] {
  return [...OPENERS[opener], String(fd), ...command];
}

/** A network namespace, by a process that holds it. */
export type Space = {
  readonly pid: number;
  /** Made by somebody without privilege, in a user namespace. */
  readonly isUser: boolean;
};

/**
 * What is put before a command that is to run there. It goes on as that command, under the same process id.
 *
 * @param isBeside whether it is the other namespace of the same network where this runs: a user namespace cannot be entered twice
 */
export function inside({ pid, isUser }: Space, isBeside = false): string[] {
  return ['nsenter', '-t', String(pid), ...(isUser && !isBeside ? ['-U', '--preserve-credentials'] : []), '-n'];
}

/**
 * Holds a new network namespace for as long as its standard input is open, hence never longer than this process lives: says `held`,
 * then waits.
 */
export function holder(isUser: boolean, beside: Space | null): string[] {
  const hold = ['sh', '-c', 'echo held && exec cat'];
  // Both are of one user namespace, or the wire could not be in both.
  if (beside) return [...inside(beside), 'unshare', '-n', ...hold];
  return ['unshare', ...(isUser ? ['-U', '-r'] : []), '-n', ...hold];
}

/** The server's address is the one that it has without a network: what listens on loopback alone can be measured over one. */
const SERVER = '127.0.0.1';
/** The first of the clients' own, beyond those that they are given in turn. */
const CLIENT = '127.0.0.251';

/** What makes the kernel take addresses of 127.0.0.0/8 from a device that is not its loopback (ip-sysctl: route_localnet). */
const SETTINGS: Readonly<Record<string, string>> = {
  'net/ipv4/conf/all/route_localnet': '1',
  'net/ipv4/conf/all/rp_filter': '0',
  [`net/ipv4/conf/${DEVICE}/rp_filter`]: '0',
  [`net/ipv6/conf/${DEVICE}/disable_ipv6`]: '1',
};

/** Of the machine, kept: a new namespace begins with the kernel's defaults. */
export const KEPT_SETTINGS = [
  'net/core/somaxconn',
  'net/ipv4/ip_local_port_range',
  'net/ipv4/tcp_max_syn_backlog',
  'net/ipv4/tcp_congestion_control',
  'net/ipv4/tcp_rmem',
  'net/ipv4/tcp_wmem',
  'net/ipv4/tcp_syncookies',
  'net/ipv4/tcp_slow_start_after_idle',
  'net/ipv4/tcp_timestamps',
  'net/ipv4/tcp_sack',
  'net/ipv4/tcp_notsent_lowat',
] as const;

/** A burst of a tick to thousands of clients waits here for the thread that reads. */
const DEVICE_QUEUE = 20_000;

/**
 * A shell's script that makes a namespace one end of the network. 127.0.0.0/8 is divided: the server's end has 127.0.0.1, that of the
 * clients all others.
 *
 * @param kept settings of the machine and their values; one that a namespace does not have stays as it is
 */
export function setUp(end: 'server' | 'clients', kept: Readonly<Record<string, string>>): string {
  const set = (settings: Readonly<Record<string, string>>, otherwise = '') =>
    Object.entries(settings).map(([name, value]) => `echo '${value}' > /proc/sys/${name}${otherwise}`);
  const address = end === 'server' ? `${SERVER}/32` : '127.0.0.2/8';
  const routes =
    end === 'server'
      ? [`ip route add 127.0.0.0/8 dev ${DEVICE} src ${SERVER}`]
      : [`ip route add unicast ${SERVER}/32 dev ${DEVICE} src ${CLIENT} table local`];
  return [
    'set -e',
    'ip link set lo up',
    'ip -4 addr flush dev lo',
    `ip addr add ${address} dev lo`,
    ...set(SETTINGS),
    ...set(kept, ' 2>/dev/null || true'),
    `ip link set ${DEVICE} txqueuelen ${DEVICE_QUEUE} up`,
    ...routes,
  ].join('\n');
}

/** The command that starts the wire between two namespaces. */
export function wire(opener: Opener, server: Space, clients: Space, command: readonly string[]): string[] {
  const atServer = [...inside(server, true), ...withDevice(opener, SERVER_FD, command)];
  return [...inside(clients), ...withDevice(opener, CLIENTS_FD, atServer)];
}
