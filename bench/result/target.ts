// A server that is not pushbench's own: how it is started, how ticks come to it, and where its clients find them. The shape of a
// target file, and what stands in a result: types and validation come from here.
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

export const Target = closed({
  name: Type.String({ pattern: TARGET_NAME.source }),
  title: Type.Optional(Type.String({ minLength: 1, description: 'what people call it' })),
  from: Type.Optional(Type.String({ description: 'where it comes from, how to install it, and the version tried' })),
  found: Type.Optional(Type.String({ description: 'in results: what its version command printed' })),
  start: closed({
    command: Type.Array(Type.String(), {
      minItems: 1,
      description:
        'program and arguments, without a shell; {port} and {dir} stand for the port and a folder of its own',
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
    version: Type.Optional(
      Type.Array(Type.String(), { minItems: 1, description: 'a command that prints its version' }),
    ),
    stop: Type.Optional(
      Type.String({ pattern: '^SIG[A-Z]+$', description: 'how it is asked to end; SIGTERM where absent' }),
    ),
  }),
  publish: Type.Union([Type.Literal('stdin'), closed({ http: HttpPublish })], {
    description: 'stdin: each tick is a line of its standard input; http: each is a request to it',
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
