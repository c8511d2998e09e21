import { TRAITS, TRANSPORT_IDS, type TransportId } from '../../transports/traits.ts';

/** The transports that a page shows: those that are compared by default, and others that its address asks for (`?with=stream`). */
export function shownTransports(query: string): readonly TransportId[] {
  const asked = new URLSearchParams(query).get('with')?.split(',') ?? [];
  return TRANSPORT_IDS.filter((id) => TRAITS[id].isDefault || asked.includes(id));
}
