import { Buffer } from 'node:buffer';
import { timingSafeEqual } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { Type, type Static, type TSchema } from 'typebox';
import type { Guard } from '../guard.ts';
import { PAYLOAD_BYTES, RATE_HZ, RESTART_SECONDS, sessionPath, TOKEN_HEADER } from './protocol.ts';
import { TRANSPORT_IDS } from '../transports/traits.ts';
import type { Session } from './session.ts';
import type { Sessions } from './sessions.ts';

export type ControlRouteOptions = { readonly guard: Guard; readonly sessions: Sessions; readonly token: string };

const Tune = Type.Object({
  rateHz: Type.Number({ minimum: RATE_HZ.min, maximum: RATE_HZ.max }),
  payloadBytes: Type.Integer({ minimum: PAYLOAD_BYTES.min, maximum: PAYLOAD_BYTES.max }),
});
const Cut = Type.Object({ transport: Type.Union(TRANSPORT_IDS.map((id) => Type.Literal(id))) });
const Restart = Type.Object({
  seconds: Type.Union(RESTART_SECONDS.map((seconds) => Type.Literal(seconds))),
  mode: Type.Union([Type.Literal('refused'), Type.Literal('unavailable')]),
});
const Lab = Type.Object({ load: Type.Union([Type.Literal('small'), Type.Literal('big')]) });

/**
 * What changes a session's servers: POST only, from a page of this server, with the token that only its page was given.
 * Answers 409 while the server in question is away.
 */
export async function controlRoutes(
  app: FastifyInstance,
  { guard, sessions, token }: ControlRouteOptions,
): Promise<void> {
  const expected = Buffer.from(token);
  app.addHook('onRequest', async ({ headers }, reply) => {
    const given = Buffer.from(String(headers[TOKEN_HEADER] ?? ''));
    const isOwnPage = headers.origin !== undefined && guard.isOriginAllowed(headers.origin, headers.host);
    const isKnown = given.length === expected.length && timingSafeEqual(given, expected);
    if (!isOwnPage || !isKnown) return reply.code(403).send({ error: 'only the live page itself may do this' });
    return undefined;
  });

  const control = <S extends TSchema>(
    what: Parameters<typeof sessionPath>[1],
    body: S,
    act: (session: Session, body: Static<S>) => object | false,
  ) => {
    app.post<{ Params: { id: string } }>(sessionPath(':id', what), { schema: { body } }, async (request, reply) => {
      const session = sessions.get(request.params.id);
      if (!session) return reply.code(404).send({ error: 'no such session' });
      session.touch();
      const done = act(session, request.body as Static<S>); // the schema has checked it
      return done === false ? reply.code(409).send({ error: 'the server is away' }) : done;
    });
  };

  control('tune', Tune, ({ cards }, tuning) => cards.tune(tuning) && cards.tuning);
  control('cut', Cut, ({ cards }, { transport }) => ({ cut: cards.meter.cut(transport) }));
  control('restart', Restart, ({ cards }, { seconds, mode }) => cards.restart(seconds, mode) && { seconds, mode });
  control('lab', Lab, (session, { load }) => session.loadLab(load) && { load });
}
