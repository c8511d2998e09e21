import type { Schedule } from '../../server/feed/schedule.ts';
import type { Door } from '../result/target.ts';
import type { Recorder } from './measure/recorder.ts';
import type { Tally } from './measure/histogram.ts';

/** Where an agent's clients connect to, and how they behave. */
export type DriverOptions = {
  readonly host: string;
  readonly port: number;
  /** Where the transport is asked for, query included. */
  readonly path: string;
  /** Of a server that is not ours: what clients say there, and how its answers are read. */
  readonly door?: Door;
  /** Clients of this agent, numbered from 0. */
  readonly clients: number;
  /** Number of client 0 within the whole trial: decides its source address and its random phase. */
  readonly firstClient: number;
  /** Source address of a client, or undefined for the system's choice. */
  readonly sourceAddress: (client: number) => string | undefined;
  readonly schedule: Schedule;
  readonly seed: number;
  readonly poll: { readonly intervalUs: number; readonly latestOnly: boolean };
  /** Is given the bytes of each read as they came, of drivers that read raw sockets; valid only during the call. */
  readonly tap?: (client: number, bytes: Uint8Array) => void;
};

/** Counts of what TCP carries, from the start on. */
export type SocketBytes = { received: number; sent: number };

/** What a driver reports of its clients. `code` is an errno name, a wire error's code, or `HTTP_<status>`. */
export type DriverEvents = {
  /** The client is ready to receive: its first poll is answered, its stream or upgrade accepted. */
  opened(client: number): void;
  /** The client could not be opened; the driver has closed it, and it does not come back. */
  failed(client: number, code: string, message: string): void;
  /** An open client lost its connection, or can no longer use it. */
  dropped(client: number, code: string, message: string): void;
};

/** Opens clients of one transport; received ticks go to the recorder. */
export type Driver = {
  open(client: number): void;
  /** Every client is open or given up: those that ask begin to. Once. */
  begin?(): void;
  /** Ends one client for good, quietly: of it nothing is reported any more. Also one that was never opened. */
  close(client: number): void;
  /** Ends every client, quietly: neither failed nor dropped is reported any more. */
  stop(): void;
  /** Request sent - request scheduled, for drivers whose requests have a schedule. */
  readonly pollLatenessUs?: Tally;
  /** What went through its clients' sockets so far, for drivers that can tell. */
  readonly bytes?: Readonly<SocketBytes>;
  /** How long bytes that had arrived waited for the agent to read them, for drivers that can tell. */
  readonly readLagUs?: Tally;
};

export type CreateDriver = (options: DriverOptions, recorder: Recorder, events: DriverEvents) => Driver;

/** How one transport's clients are made; what it is like stands in its traits (server/transports/traits.ts). */
export type ClientTransport = {
  /** The lean driver, which carries thousands of clients. */
  readonly lean: CreateDriver;
  /** The package that the library driver wraps. */
  readonly libraryName: string;
  /** Whether the package lets a client choose its source address. */
  readonly libraryTakesAddress: boolean;
  /** The driver around what people use; loaded only when it is asked for. */
  readonly library: () => Promise<CreateDriver>;
};
