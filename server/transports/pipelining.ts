import type { FastifyReply } from 'fastify';

/**
 * Whether the client sent this request before the one ahead of it on the same connection was answered. Node queues the
 * response then; whoever writes to the socket, or holds the request, must not: one connection would hold any number of
 * requests, and bytes of one answer would stand in another.
 */
export function isPipelined(reply: FastifyReply): boolean {
  return reply.raw.socket === null;
}
