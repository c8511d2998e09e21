import type { FastifyInstance } from 'fastify';
import type { ServerConfig } from './config.ts';

export const ABOUT_PATH = '/feed/about';

/** What a server says of itself, so that a load generator can make sure whom it talks to before it begins. */
export type About = { service: 'pushbench' } & Pick<ServerConfig, 'rateHz' | 'payloadBytes' | 'seed' | 'startUs'>;

/** `GET /feed/about`: which feed this is. */
export function installAbout(app: FastifyInstance, { rateHz, payloadBytes, seed, startUs }: ServerConfig): void {
  const about: About = { service: 'pushbench', rateHz, payloadBytes, seed, startUs };
  app.get(ABOUT_PATH, (_, reply) => reply.header('cache-control', 'no-store').send(about));
}
