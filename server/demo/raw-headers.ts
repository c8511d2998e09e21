import type { FastifyReply } from 'fastify';

/** Puts what Fastify's hooks have set into Node's own response, for routes that answer past Fastify. */
export function carryHeaders(reply: FastifyReply): void {
  for (const [name, value] of Object.entries(reply.getHeaders())) {
    if (value !== undefined) reply.raw.setHeader(name, value);
  }
}
