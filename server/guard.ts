/** Who may ask a server. Both lists are for browsers: other programs can send what they like, and may. */
export type Guard = {
  /**
   * Whether a request names this server in its `Host`. A page of `evil.example` whose name was pointed at this machine
   * (DNS rebinding) still sends its own name, and must not read the answer.
   */
  readonly isHostAllowed: (host: string | undefined) => boolean;
  /**
   * Whether a request comes from a page of this server or of an allowed origin. WebSockets ignore the same-origin policy, so
   * that only this keeps any page in the world from opening one. Without an `Origin` it is no browser: allowed.
   */
  readonly isOriginAllowed: (origin: string | undefined, host: string | undefined) => boolean;
};

/** How many spellings of allowed hosts are remembered; ports vary where one is forwarded. */
const MAX_KNOWN_HOSTS = 64;

/**
 * A guard that allows the loopback names, `ownHost`, and `origins` beside the server's own.
 *
 * @param ownHost the address that the server listens on
 * @param origins other pages' origins as browsers send them, e.g. `http://127.0.0.1:8088`
 */
export function createGuard(ownHost: string, origins: readonly string[]): Guard {
  const names = new Set(['127.0.0.1', 'localhost', '[::1]', ownHost.includes(':') ? `[${ownHost}]` : ownHost]);
  const allowedOrigins = new Set(origins);
  // Ten thousand polls a second ask the same: one look into a set for each, the name is only taken apart the first time.
  const known = new Set<string>();

  const isHostAllowed = (host: string | undefined): boolean => {
    if (host === undefined) return false;
    if (known.has(host)) return true;
    // The port says nothing about rebinding, and differs from ours where it is forwarded.
    if (!names.has(host.toLowerCase().replace(/:\d{1,5}$/, ''))) return false;
    if (known.size < MAX_KNOWN_HOSTS) known.add(host);
    return true;
  };
  return {
    isHostAllowed,
    isOriginAllowed: (origin, host) =>
      origin === undefined || allowedOrigins.has(origin) || (isHostAllowed(host) && origin === `http://${host}`),
  };
}
