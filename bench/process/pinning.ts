/** The core of each server process and of each agent; null: wherever the system likes. */
export type Placement = { servers: (number | null)[]; agents: (number | null)[] };

/**
 * Puts server processes on the first cores, one each, and spreads agents over the others, so that the load does not
 * take time from what is measured.
 *
 * @param cores at least one more than there are servers when `pin` is set
 */
export function place(servers: number, agents: number, cores: number, pin: boolean): Placement {
  const rest = cores - servers;
  const isPinned = pin && rest > 0;
  return {
    servers: Array.from({ length: servers }, (_, index) => (isPinned ? index : null)),
    agents: Array.from({ length: agents }, (_, index) => (isPinned ? servers + (index % rest) : null)),
  };
}
