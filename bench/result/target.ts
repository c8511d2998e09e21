// A server that is not pushbench's own: how it is started, or where it runs already, how ticks come to it, and where its clients
// find them. The shape of a target file, and what stands in a result: types and validation come from here.
import { Type, type Static } from 'typebox';
import { closed } from './shapes.ts';

/** How targets may be named: what stands before the colon of an entrant. */
export const TARGET_NAME = /^[a-z0-9][a-z0-9._-]{0,31}$/;

const Path = Type.String({
  pattern: '^/[\\x21-\\x7e]*$',
  description:
    'of its requests, query included; {client} and {env:NAME} may stand in it, and in those of polls {after}',
});

const Fields = Type.Record(Type.String(), Type.String());

const Handshake = closed({
  open: Type.Optional(
    Type.Array(Type.Union([closed({ send: Type.String() }), closed({ expect: Type.String({ minLength: 1 }) })]), {
      description: 'in order, before a client is open: a text message sent, or one awaited that has the text in it',
    }),
  ),
  answer: Type.Optional(
    Type.Array(closed({ when: Type.String(), send: Type.String() }), {
      description: 'a text message sent whenever one comes that is `when` and no more',
    }),
  ),
  every: Type.Optional(
    Type.Array(closed({ ms: Type.Integer({ minimum: 10 }), send: Type.String() }), {
      description: 'a text message sent again and again from when a client is open, first after `ms`',
    }),
  ),
});
export type Handshake = Static<typeof Handshake>;

const Pushed = {
  path: Path,
  headers: Type.Optional({
    ...Fields,
    description:
      'of each request: {client} stands for the number of the client, {env:NAME} for a variable of the environment, read when it is sent',
  }),
};

const Asked = {
  ...Pushed,
  echo: Type.Optional({
    ...Fields,
    description: 'the cursor: headers of an answer, and the header of the next request that repeats each',
  }),
};

const Polling = closed({
  ...Asked,
  latest: Type.Optional(
    Type.Boolean({
      description:
        'an answer holds the newest tick alone, or the last few: what is skipped is coalesced, what is repeated no duplicate',
    }),
  ),
});

const WebSocket = closed({
  ...Pushed,
  subprotocols: Type.Optional(
    Type.Array(Type.String({ pattern: "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$" }), {
      minItems: 1,
      uniqueItems: true,
      description: 'offered in this order; the server must choose one',
    }),
  ),
  ...Handshake.properties,
});

/** Where clients ask for one transport of a target, and what they say there; what a transport has not is absent. */
export type Door = Pick<Static<typeof Polling>, 'path'> &
  Partial<Omit<Static<typeof Polling> & Static<typeof WebSocket>, 'path'>>;

const HttpPublish = closed({
  method: Type.Optional(Type.String({ pattern: '^[A-Z]+$', description: 'POST where it is absent' })),
  path: Path,
  headers: Type.Optional({ ...Fields, description: 'with {env:NAME} as those of transports' }),
  body: Type.Optional(
    Type.String({ description: 'with {tick} where the tick belongs; {tick} alone where it is absent' }),
  ),
  expect: Type.Optional(
    Type.Array(Type.Integer({ minimum: 200, maximum: 299 }), {
      description: 'statuses; any of 2xx where it is absent',
    }),
  ),
});

const Start = closed({
  command: Type.Array(Type.String(), {
    minItems: 1,
    description: 'program and arguments, without a shell; {port} and {dir} stand for the port and a folder of its own',
  }),
  build: Type.Optional(
    Type.Array(Type.String(), { minItems: 1, description: 'run to its end before the first start' }),
  ),
  files: Type.Optional(
    Type.Record(Type.String({ pattern: '^[\\w.-]+$' }), Type.Union([Type.String(), Type.Array(Type.String())]), {
      description: 'written into {dir} before, as text or lines of it; {port} and {dir} stand in them as well',
    }),
  ),
  cwd: Type.Optional(Type.String({ description: 'where it is started; of a file: where that is' })),
  version: Type.Optional(Type.Array(Type.String(), { minItems: 1, description: 'a command that prints its version' })),
  stop: Type.Optional(
    Type.String({ pattern: '^SIG[A-Z]+$', description: 'how it is asked to end; SIGTERM where absent' }),
  ),
});
export type Start = Static<typeof Start>;

const Attach = closed({
  url: Type.String({ pattern: '^http://[^/?#@]+/?$', description: 'where it listens: http://host:port' }),
  pid: Type.Optional(
    Type.Integer({ minimum: 1, description: 'the process that is metered, with all that descends from it' }),
  ),
  pidFile: Type.Optional(Type.String({ description: 'a file with the number of that process; of a file: beside it' })),
  cgroup: Type.Optional(
    Type.String({
      description: 'the control group that is metered: its folder, or its path as /proc/PID/cgroup has it',
    }),
  ),
});
export type Attach = Static<typeof Attach>;

export const Target = closed({
  name: Type.String({ pattern: TARGET_NAME.source }),
  title: Type.Optional(Type.String({ minLength: 1, description: 'what people call it' })),
  from: Type.Optional(Type.String({ description: 'where it comes from, how to install it, and the version tried' })),
  found: Type.Optional(Type.String({ description: 'in results: what its version command printed' })),
  start: Type.Optional(Start),
  attach: Type.Optional(Attach),
  publish: Type.Union([Type.Literal('stdin'), Type.Literal('self'), closed({ http: HttpPublish })], {
    description:
      'stdin: each tick is a line of its standard input; http: each is a request to it; self: it makes them by what its environment says',
  }),
  transports: Type.Partial(
    closed({
      sse: closed(Pushed),
      stream: closed(Pushed),
      websocket: WebSocket,
      polling: Polling,
      'long-polling': closed(Asked),
    }),
  ),
});
export type Target = Static<typeof Target>;

/**
 * What stands against a target that has the shape of one, as the end of a sentence; null where nothing does. A server is started
 * or attached to, and who is attached to is told ticks by HTTP alone: nobody else holds its standard input or its environment.
 */
export function targetProblem({ start, attach, publish }: Target): string | null {
  if ((start === undefined) === (attach === undefined)) return 'needs either "start" or "attach"';
  if (!attach) return null;
  if (publish === 'stdin' || publish === 'self') {
    return `runs already, so that publish ${JSON.stringify(publish)} cannot reach it: give "http", or let it be started`;
  }
  const metered = [attach.pid, attach.pidFile, attach.cgroup].filter((given) => given !== undefined);
  return metered.length > 1 ? 'is metered by one of "pid", "pidFile" and "cgroup"' : null;
}

/** Host and port of where a server runs that is attached to; an IPv6 address without its brackets. */
export function addressOf({ url }: Attach): { host: string; port: number } {
  const { hostname, port } = new URL(url);
  return { host: hostname.replace(/^\[(.*)\]$/, '$1'), port: port === '' ? 80 : Number(port) };
}
