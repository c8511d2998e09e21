// A proxy between the clients and the server: what it is and how it is configured. What stands in a result: types and validation come
// from here.
import { Type, type Static } from 'typebox';
import { closed, literals } from './shapes.ts';

/** How the way through a proxy may be named: what stands behind the `@` of an entrant. */
const PROXY_NAME = /^[a-z0-9][a-z0-9._-]*(:[a-z0-9][a-z0-9._-]*)?$/;

/** The programs that are known as proxies. */
export const PROXY_PROGRAMS = ['nginx', 'haproxy', 'caddy', 'envoy'] as const;
export type ProxyProgram = (typeof PROXY_PROGRAMS)[number];

export const Proxy = closed({
  name: Type.String({ pattern: PROXY_NAME.source, description: 'as --via has it' }),
  program: literals([...PROXY_PROGRAMS]),
  config: Type.String({
    description:
      'its configuration; {listen}, {listen_host}, {listen_port}, {upstream}, {upstream_host}, {upstream_port}, {dir}, {cores}, {files} and {clients} are filled in',
  }),
  found: Type.Optional(Type.String({ description: 'what it printed as its version' })),
});
export type Proxy = Static<typeof Proxy>;
