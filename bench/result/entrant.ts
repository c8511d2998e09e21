// What is compared: transports of the built-in server, and of others. Runs in a browser too: no import of Node.
import { plainLook } from '../../server/page/marks.ts';
import {
  proxyNameOf,
  targetNameOf,
  traitsOf,
  TRANSPORT_IDS,
  type TransportId,
  type TransportLook,
} from '../../server/transports/traits.ts';
import type { Proxy } from './proxy.ts';
import type { Settings } from './schema.ts';
import type { Target } from './target.ts';

/** Lines of targets and of ways to them, in the order in which they stand: what belongs to one is drawn alike. */
const DASHES: readonly number[][] = [
  [2, 2],
  [10, 3, 2, 3],
  [14, 4],
  [2, 6],
  [6, 2, 2, 2, 2, 2],
  [8, 4],
  [12, 2, 2, 2, 2, 2],
  [4, 4, 1, 4],
];

/** What the built-in server is called where servers are named. */
export const BUILTIN = 'builtin';

/** What the way without a proxy is called where ways are named. */
export const NO_PROXY = 'none';

/** The name of the server of an entrant. */
export function serverOf(entrant: string): string {
  return targetNameOf(entrant) ?? BUILTIN;
}

/** An entrant without its transport: `builtin`, `go`, `nginx:tuned/go`. */
export function originOf(entrant: string): string {
  const way = proxyNameOf(entrant);
  return way === null ? serverOf(entrant) : `${way}/${serverOf(entrant)}`;
}

/** The server that an entrant is one of; undefined for the built-in one. */
export function targetOf(entrant: string, { targets = [] }: Pick<Settings, 'targets'>): Target | undefined {
  const name = targetNameOf(entrant);
  return targets.find((target) => target.name === name);
}

/** The proxy that an entrant goes through; undefined where it goes straight to its server. */
export function proxyOf(entrant: string, { proxies = [] }: Pick<Settings, 'proxies'>): Proxy | undefined {
  const name = proxyNameOf(entrant);
  return proxies.find((proxy) => proxy.name === name);
}

/** The transports that a target has. */
export function offeredBy({ transports }: Target): TransportId[] {
  return TRANSPORT_IDS.filter((id) => Object.hasOwn(transports, id));
}

/** The entrants of a target, of the transports that are asked for. */
export function entrantsOf(target: Target, asked: readonly TransportId[]): string[] {
  const offered = offeredBy(target);
  return asked.filter((id) => offered.includes(id)).map((id) => `${target.name}:${id}`);
}

/**
 * How an entrant is named and drawn: colour and shape are its transport's, label and dash tell its server and the way there. Of a
 * transport that this version does not know by its id alone.
 */
export function lookOf(
  entrant: string,
  { targets = [], proxies = [] }: Pick<Settings, 'targets' | 'proxies'>,
): TransportLook {
  const look = traitsOf(entrant)?.look;
  if (!look) return plainLook(entrant);
  const [server, way] = [targetNameOf(entrant), proxyNameOf(entrant)];
  if (server === null && way === null) return look;
  const [at, through] = [
    targets.findIndex((target) => target.name === server),
    proxies.findIndex((proxy) => proxy.name === way),
  ];
  // Straight to the built-in server is the transport's own line.
  const place = Math.max(0, (through + 1) * (targets.length + 1) + at);
  const title = server === null ? '' : `${targets[at]?.title ?? server} `;
  return {
    ...look,
    id: entrant,
    label: `${title}${look.label}${way === null ? '' : ` via ${way}`}`,
    dash: DASHES[place % DASHES.length]!,
  };
}
