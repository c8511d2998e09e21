import type { Faults } from '../../server/feed/faults.ts';
import type { Address } from '../machine/address.ts';
import type { Cell, Settings } from '../result/schema.ts';

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
};
