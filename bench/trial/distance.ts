// The network between the server of a trial and its clients. Loaded only where there is one.
import { nowUs } from '../../server/clock.ts';
import { PushbenchError } from '../basics/errors.ts';
import type { HeldSpace } from '../machine/network/space.ts';
import { furnish, holdSpace } from '../machine/network/space.ts';
import { inside, wire } from '../machine/network/devices.ts';
import { networkMeans } from '../machine/network/means.ts';
import type { FromWire, ToWire, WireReport } from '../machine/network/messages.ts';
import type { Network } from '../result/network.ts';
import type { MeasuredWindow } from '../agent/measure/recorder.ts';
import { receive } from './channel.ts';
import type { CheckRequest, FromCheck } from './check-main.ts';
import type { Loss } from './roster.ts';
import { isLost, startChild, type Child } from './child.ts';

type WireChild = Child<ToWire, FromWire>;

const WIRE = 'bench/machine/network/main.ts';
const CHECK = 'bench/trial/check-main.ts';
const READY_TIMEOUT_MS = 10_000;
const REPORT_TIMEOUT_MS = 5000;
/** More than everything that a check waits for. */
const CHECK_TIMEOUT_MS = 15_000;

/** Two network namespaces of a trial's own and the wire between them. */
export class Distance {
  readonly #server: HeldSpace;
  readonly #clients: HeldSpace;
  readonly #wire: WireChild;
  #loss: Loss | null = null;

  private constructor(server: HeldSpace, clients: HeldSpace, child: WireChild) {
    this.#server = server;
    this.#clients = clients;
    this.#wire = child;
    child.lost.catch((error: Error) => (this.#loss = { pid: child.pid, atUs: nowUs(), message: error.message }));
  }

  /**
   * @param cores that the wire is put on; empty: wherever the system likes
   * @throws PushbenchError (resource) where this machine does not let us make a network
   */
  static async open(network: Network, seed: number, cores: readonly number[]): Promise<Distance> {
    const means = networkMeans();
    if ('problem' in means) throw new PushbenchError('resource', 'NO_NETWORK', `--network: ${means.problem}`);
    const undo: (() => void)[] = [];
    try {
      const server = await holdSpace(means.isUser, null);
      undo.push(() => server.release());
      const clients = await holdSpace(means.isUser, server);
      undo.push(() => clients.release());
      const child: WireChild = startChild(WIRE, [JSON.stringify(network), String(seed)], cores, (command) =>
        wire(means.opener, server, clients, command),
      );
      undo.push(() => child.kill());
      await receive(
        child,
        ({ type }) => (type === 'ready' ? true : undefined),
        READY_TIMEOUT_MS,
        'the start of the wire',
      );
      await Promise.all([furnish(server, 'server'), furnish(clients, 'clients')]);
      return new Distance(server, clients, child);
    } catch (error) {
      for (const act of undo) act();
      throw isLost(error) ? new PushbenchError('resource', 'NO_NETWORK', error.message, { cause: error }) : error;
    }
  }

  /** Puts a command where the server is. */
  readonly atServer = (command: readonly string[]): string[] => [...inside(this.#server), ...command];

  /** Puts a command where the clients are. */
  readonly atClients = (command: readonly string[]): string[] => [...inside(this.#clients), ...command];

  /** Processes whose /proc/PID/net tells of either end. */
  get netOf(): { server: number; clients: number } {
    return { server: this.#server.pid, clients: this.#clients.pid };
  }

  /** Of the wire. */
  get pid(): number {
    return this.#wire.pid;
  }

  /** That the wire went missing, before anybody closed it. */
  get losses(): Loss[] {
    return this.#loss === null ? [] : [this.#loss];
  }

  /** Says when it counts. */
  measure({ startUs, endUs }: MeasuredWindow): void {
    this.#wire.send({ type: 'measure', fromUs: startUs, untilUs: endUs });
  }

  /** What it found; null where it is gone. */
  async report(): Promise<WireReport | null> {
    const answer = receive(
      this.#wire,
      (message) => (message.type === 'report' ? message.report : undefined),
      REPORT_TIMEOUT_MS,
      'the report of the wire',
    );
    this.#wire.send({ type: 'finish' });
    return answer.catch(() => null);
  }

  /**
   * Looks at the server from where it stands: whether it is the one that is meant is no question of the network.
   *
   * @throws PushbenchError as the checks do
   */
  async check(request: CheckRequest): Promise<void> {
    const child: Child<never, FromCheck> = startChild(CHECK, [JSON.stringify(request)], [], this.atServer);
    try {
      const { error } = await receive(child, (message) => message, CHECK_TIMEOUT_MS, 'the look at the server');
      if (error) throw new PushbenchError(error.reason, error.code, error.message);
    } finally {
      child.kill();
    }
  }

  /** Ends it, at once; what the processes of the trial still hold of it goes with them. */
  close(): void {
    this.#wire.kill();
    this.#clients.release();
    this.#server.release();
  }
}
