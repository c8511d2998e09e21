import type { Faults } from '../../server/feed/faults.ts';
import type { AgentDriver } from '../agent/messages.ts';
import type { Address } from '../machine/address.ts';
import { targetOf } from '../result/entrant.ts';
import type { Cell, Settings } from '../result/schema.ts';
import type { Program } from './child.ts';

/** One life of a server, with its clients. */
export type TrialSpec = {
  cell: Cell;
  settings: Settings;
  block: number;
  order: number;
  attempt: number;
  /** Where the server listens; 0 takes a free port. */
  port: number;
  /** Absent: loopback. */
  address?: Address;
  /** What the server is to do wrong on purpose; set by the self-test alone. */
  faults?: Partial<Faults>;
  /** So long the load's agents are stopped half a second into the window; set by the self-test alone. */
  stopLoadMs?: number;
  /** Set where the harness measures itself. */
  control?: Control;
};

/** How many processes tell of the server: each worker of ours; for another server the one that publishes to it. */
export function serverProcesses({ cell, settings }: TrialSpec): number {
  return targetOf(cell.transport, settings) ? 1 : settings.serverWorkers;
}

/** One server and its clients alone, without a canary beside them; either may be what the other is measured against. */
type Control = {
  /** What serves and obeys the messages of a server; absent: the server. */
  server?: Program;
  /** In place of the cell's, of which it need not be one. */
  driver: AgentDriver;
  /** How much longer than planned the ramp may take, and stand still. */
  rampGraceMs: number;
};
