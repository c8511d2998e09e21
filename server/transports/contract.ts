import type { FastifyInstance } from 'fastify';
import type { ServerConfig } from '../config.ts';
import type { Feed } from '../feed/feed.ts';
import type { Heartbeat } from '../feed/heartbeat.ts';
import type { Guard } from '../guard.ts';

/** What every transport is given. */
type TransportContext = {
  readonly app: FastifyInstance;
  readonly config: ServerConfig;
  readonly feed: Feed;
  /** Already asked for every HTTP request; upgrades ask for themselves. */
  readonly guard: Guard;
  readonly heartbeat: Heartbeat;
};

/** One way of bringing the feed to clients, as installed on an app. */
export type InstalledTransport = {
  /** Clients that hold a stream or a request right now. */
  readonly waiting: () => number;
  /** Slow consumers that were cut since the start. */
  readonly cut: () => number;
  /** Says goodbye to every client in the transport's own words; the app closes its sockets afterwards. */
  readonly stop: () => void;
};

/** Adds the transport's routes to the app, which does not listen yet, and subscribes it to the feed. */
export type InstallTransport = (context: TransportContext) => InstalledTransport;
