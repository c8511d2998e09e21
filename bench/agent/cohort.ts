import { performance } from 'node:perf_hooks';
import { nowUs } from '../../server/clock.ts';
import { createHistogram, encode, record } from './measure/histogram.ts';
import { Recorder } from './measure/recorder.ts';
import { MAX_OPENING, type AgentProgress, type AgentReport, type Assignment, type Place } from './messages.ts';
import { sourceAddress } from '../machine/source-address.ts';
import type { ConnectError } from '../result/schema.ts';
import type { CreateDriver, Driver, DriverEvents, SocketBytes } from './contract.ts';

/** How often the ramp opens what has become due. */
const RAMP_STEP_MS = 5;

/** Where a client stands. Who was lost stays so, whatever is told of it later: it is in one count, with one error. */
const ABSENT = 0;
const OPENING = 1;
const OPEN = 2;
const LOST = 3;

/**
 * The clients of one agent, from the first connect to the last figure: opens them at the planned pace, counts who is
 * connected, and keeps what they receive.
 */
export class Cohort {
  readonly recorder: Recorder;
  readonly #assignment: Assignment;
  readonly #driver: Driver;
  readonly #connectUs = createHistogram();
  readonly #errors = new Map<string, ConnectError>();
  readonly #connections: { atUs: number; connected: number }[] = [];
  readonly #openedAtUs: Float64Array;
  readonly #state: Uint8Array;
  #asked = 0;
  #connected = 0;
  #failed = 0;
  #dropped = 0;
  #loop = performance.eventLoopUtilization();
  #bytesBefore: Partial<SocketBytes> = {};
  #bytes: SocketBytes | null = null;
  #rampTimer: NodeJS.Timeout | undefined;
  #onOpened: (() => void) | undefined;

  constructor(assignment: Assignment, createDriver: CreateDriver) {
    this.#assignment = assignment;
    const { clients, schedule, payloadBytes, seed, host, port, path, firstClient, door } = assignment;
    this.#openedAtUs = new Float64Array(clients);
    this.#state = new Uint8Array(clients);
    this.recorder = new Recorder({
      clients,
      schedule,
      payloadBytes,
      seed,
      isForeign: door !== undefined,
      latestOnly: assignment.pollLatest,
    });
    this.#driver = createDriver(
      {
        host,
        port,
        path,
        ...(door ? { door } : {}),
        clients,
        firstClient,
        sourceAddress: (client) => sourceAddress(host, firstClient + client, assignment.clientsPerAddress),
        schedule,
        seed,
        poll: { intervalUs: assignment.pollIntervalMs * 1000, latestOnly: assignment.pollLatest },
      },
      this.recorder,
      this.#events(),
    );
  }

  get connected(): number {
    return this.#connected;
  }

  /** Opens every client at the planned pace from `startUs` on; calls back once each has connected or failed. */
  open(startUs: number, onOpened: () => void): void {
    this.#onOpened = onOpened;
    const { clients, rampPerSecond } = this.#assignment;
    const step = () => {
      const due = Math.min(clients, Math.floor(((nowUs() - startUs) * rampPerSecond) / 1e6) + 1);
      while (this.#asked < due && this.#asked - this.#settledClients < MAX_OPENING) {
        const client = this.#asked++;
        this.#openedAtUs[client] = nowUs();
        this.#state[client] = OPENING;
        this.#driver.open(client);
      }
      if (this.#asked < clients) this.#rampTimer = setTimeout(step, RAMP_STEP_MS);
    };
    this.#rampTimer = setTimeout(step, Math.max(0, (startUs - nowUs()) / 1000));
  }

  /**
   * The ramp is over everywhere: gives up whoever has not connected, and lets those ask that ask. The first poll of a short
   * poller comes within an interval from now.
   */
  begin(): void {
    this.giveUpOpening();
    this.#driver.begin?.();
  }

  /** The measured window begins: what was noted of the driver's own punctuality so far is warm-up. */
  beginMeasure(): void {
    this.#driver.pollLatenessUs?.reset();
    this.#driver.readLagUs?.reset();
    this.#bytesBefore = { ...this.#driver.bytes };
  }

  endMeasure(): void {
    const { bytes } = this.#driver;
    const { received = 0, sent = 0 } = this.#bytesBefore;
    if (bytes) this.#bytes = { received: bytes.received - received, sent: bytes.sent - sent };
  }

  /** Gives up whoever has not connected yet: they count as failed, are closed, and owe nothing. */
  giveUpOpening(): void {
    clearTimeout(this.#rampTimer);
    this.#state.forEach((state, client) => {
      if (state !== ABSENT && state !== OPENING) return;
      this.#fail(client, 'TIMEOUT', 'not connected when the ramp had to be over');
      this.#driver.close(client);
    });
  }

  progress(): AgentProgress {
    const loop = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(loop, this.#loop);
    this.#loop = loop;
    const atUs = nowUs();
    if (this.#connections.at(-1)?.connected !== this.#connected) {
      this.#connections.push({ atUs, connected: this.#connected });
    }
    return {
      atUs,
      connected: this.#connected,
      failed: this.#failed,
      utilisation: utilization,
      warmUp: this.recorder.warmUp,
      ...this.recorder.live(),
    };
  }

  /** Everything but the process's own samples. */
  report(): Omit<AgentReport, keyof Place | 'baseline' | 'measureStart' | 'measureEnd' | 'held'> {
    const { pollLatenessUs, readLagUs } = this.#driver;
    return {
      recording: this.recorder.finish(this.#connected + this.#dropped),
      clients: { connected: this.#connected, failed: this.#failed, dropped: this.#dropped },
      errors: [...this.#errors.values()],
      connectHdr: encode(this.#connectUs),
      pollLatenessHdr: pollLatenessUs ? encode(pollLatenessUs.histogram()) : null,
      readLagHdr: readLagUs ? encode(readLagUs.histogram()) : null,
      bytes: this.#bytes,
      connections: this.#connections,
    };
  }

  stop(): void {
    clearTimeout(this.#rampTimer);
    this.#driver.stop();
  }

  #events(): DriverEvents {
    return {
      opened: (client) => {
        if (this.#state[client] !== OPENING) return;
        this.#state[client] = OPEN;
        this.#connected++;
        record(this.#connectUs, nowUs() - this.#openedAtUs[client]!);
        this.#settled();
      },
      failed: (client, code, message) => {
        if (this.#state[client] !== OPENING) return;
        this.#fail(client, code, message);
        this.#settled();
      },
      dropped: (client, code, message) => {
        if (this.#state[client] !== OPEN) return;
        this.#state[client] = LOST;
        this.#connected--;
        this.#dropped++;
        this.#note(code, 'open', message);
      },
    };
  }

  #fail(client: number, code: string, message: string): void {
    this.#state[client] = LOST;
    this.#failed++;
    this.#note(code, 'connect', message);
  }

  /** How many have connected or failed. */
  get #settledClients(): number {
    return this.#connected + this.#failed + this.#dropped;
  }

  #settled(): void {
    if (this.#settledClients < this.#assignment.clients) return;
    this.#onOpened?.();
    this.#onOpened = undefined;
  }

  #note(code: string, phase: ConnectError['phase'], message: string): void {
    const key = `${phase} ${code}`;
    const known = this.#errors.get(key);
    if (known) known.count++;
    else this.#errors.set(key, { code, phase, message, count: 1 });
  }
}
