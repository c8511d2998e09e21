// Which line of a proxy's configuration spoils a transport: rules as data, each by what was seen and by what the configuration lacks.
// Runs in a browser too: no import of Node.
import { traitsOf } from '../../server/transports/traits.ts';
import { formatCount, percent, quantity } from '../basics/amounts.ts';
import type { ProxyProgram } from '../result/proxy.ts';
import type { WayFigures } from './ways.ts';

/** What to change, and why. */
export type Advice = { readonly setting: string; readonly why: string };

type Facts = Omit<WayFigures, 'advice'>;

type Rule = {
  readonly program: ProxyProgram;
  /** The setting is there already: it is not that. */
  readonly set: RegExp;
  readonly setting: string;
  /** What was seen, as a sentence; null where it was not. */
  readonly seen: (facts: Facts) => string | null;
};

/** So much later than straight, at the median, is no cost of passing on. */
const HELD_US = 20_000;

/** More of the deliveries than this are later than the tick behind them only where something gathers them. */
const LATE_SHARE = 0.1;

const isUpgrade = ({ cell }: Facts) => traitsOf(cell.transport)?.bothWays === true;
const isStream = (facts: Facts) => traitsOf(facts.cell.transport)?.asks === 'never' && !isUpgrade(facts);

const refusedUpgrade = (facts: Facts) =>
  isUpgrade(facts) && facts.connectedShare < 0.5
    ? `the upgrade to WebSocket does not come through${facts.errors.length === 0 ? '' : ` (${facts.errors.join(', ')})`}`
    : null;

const gathered = (facts: Facts) => {
  const { heldShare, added } = facts;
  if (!isStream(facts)) return null;
  if (heldShare !== null && heldShare > LATE_SHARE) {
    return `ticks are gathered before they are handed on: ${percent(heldShare)} of them came after the next one was due`;
  }
  if (added.p50 !== null && added.p50.median > HELD_US) {
    return `ticks are held back: half of them came ${quantity('us', added.p50.median)} later than straight, or more`;
  }
  return null;
};

const tooFew = (named: (config: string) => number) => (facts: Facts) => {
  const limit = named(facts.proxy.config);
  // Where none came through, something else stands in their way.
  if (facts.connectedShare === 0 || facts.connectedShare > 0.999 || facts.cell.clients <= limit) return null;
  return `${percent(facts.connectedShare)} of ${formatCount(facts.cell.clients)} clients came through: there is room for ${formatCount(limit)}`;
};

const cut = (facts: Facts) =>
  facts.dropped > 0 && traitsOf(facts.cell.transport)?.asks === 'never'
    ? `${formatCount(facts.dropped)} streams were cut`
    : null;

const told = (code: string, what: string) => (facts: Facts) => (facts.errors.includes(code) ? what : null);

/** What was seen with each program stands in docs/proxies.md; test/e2e/proxies.test.ts tries some of them against nginx and HAProxy. */
const RULES: readonly Rule[] = [
  {
    program: 'nginx',
    set: /^\s*proxy_set_header\s+Upgrade/m,
    setting:
      'proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $connection_upgrade;',
    seen: refusedUpgrade,
  },
  {
    program: 'nginx',
    set: /^\s*proxy_http_version\s+1\.1/m,
    setting: 'proxy_http_version 1.1;',
    seen: told('HTTP_505', 'the server is asked by HTTP/1.0, which knows no streams of chunks'),
  },
  {
    program: 'nginx',
    set: /^\s*proxy_set_header\s+Host/m,
    setting: 'proxy_set_header Host $http_host;',
    seen: told('HTTP_403', 'the server is asked for by another name than the client used, and refuses it'),
  },
  { program: 'nginx', set: /^\s*proxy_buffering\s+off/m, setting: 'proxy_buffering off;', seen: gathered },
  {
    program: 'nginx',
    set: /^\s*worker_connections\s+\{files\}/m,
    setting: 'worker_connections 65536; and worker_rlimit_nofile to match: two of each for a client',
    // two for each client, in each of its processes
    seen: tooFew((config) => Math.floor(Number(/^\s*worker_connections\s+(\d+)/m.exec(config)?.[1] ?? 512) / 2)),
  },
  { program: 'haproxy', set: /^\s*option\s+http-no-delay/m, setting: 'option http-no-delay', seen: gathered },
  { program: 'caddy', set: /^\s*flush_interval\s+-1/m, setting: 'flush_interval -1', seen: gathered },
  {
    program: 'envoy',
    set: /upgrade_configs/,
    setting: 'upgrade_configs: [{ upgrade_type: websocket }]',
    seen: refusedUpgrade,
  },
  { program: 'envoy', set: /[{,\s]timeout:\s*0s/, setting: 'timeout: 0s, at the route', seen: cut },
  {
    program: 'envoy',
    set: /circuit_breakers/,
    setting: 'circuit_breakers with max_requests and max_connections, at the cluster',
    seen: tooFew(() => 1024),
  },
];

/** What to change where a proxy spoils a transport; nothing where none of the rules knows it. */
export function adviceOn(facts: Facts): Advice[] {
  return RULES.filter(({ program, set }) => program === facts.proxy.program && !set.test(facts.proxy.config)).flatMap(
    ({ setting, seen }) => {
      const why = seen(facts);
      return why === null ? [] : [{ setting, why }];
    },
  );
}
