// What is compared: transports of the built-in server, and of others. Runs in a browser too: no import of Node.
import { plainLook } from '../../server/page/marks.ts';
import {
  targetNameOf,
  TRAITS,
  traitsOf,
  TRANSPORT_IDS,
  type TransportId,
  type TransportLook,
} from '../../server/transports/traits.ts';
import type { Settings } from './schema.ts';
import type { Target } from './target.ts';

/** Lines of targets, in the order in which they stand: what belongs to one is drawn alike. */
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

/** The name of the server of an entrant. */
export function serverOf(entrant: string): string {
  return targetNameOf(entrant) ?? BUILTIN;
}

/** The server that an entrant is one of; undefined for the built-in one. */
export function targetOf(entrant: string, { targets = [] }: Pick<Settings, 'targets'>): Target | undefined {
  const name = targetNameOf(entrant);
  return targets.find((target) => target.name === name);
}

/** The transports of a target that can be measured: of those that are asked for the cursors differ from server to server. */
export function offeredBy({ transports }: Target): TransportId[] {
  return TRANSPORT_IDS.filter((id) => TRAITS[id].asks === 'never' && Object.hasOwn(transports, id));
}

/** The entrants of a target, of the transports that are asked for. */
export function entrantsOf(target: Target, asked: readonly TransportId[]): string[] {
  const offered = offeredBy(target);
  return asked.filter((id) => offered.includes(id)).map((id) => `${target.name}:${id}`);
}

/**
 * How an entrant is named and drawn: colour and shape are its transport's, label and dash tell its server. Of a transport that this
 * version does not know by its id alone.
 */
export function lookOf(entrant: string, { targets = [] }: Pick<Settings, 'targets'>): TransportLook {
  const look = traitsOf(entrant)?.look;
  if (!look) return plainLook(entrant);
  const name = targetNameOf(entrant);
  if (name === null) return look;
  const place = targets.findIndex((target) => target.name === name);
  const title = targets[place]?.title ?? name;
  return { ...look, id: entrant, label: `${title} ${look.label}`, dash: DASHES[Math.max(0, place) % DASHES.length]! };
}
