import { PushbenchError } from '../errors.ts';
import { receive } from './channel.ts';
import { startChild, type Child } from './child.ts';
import type { AgentProgress, AgentReport, Assignment, FromAgent, ToAgent } from './messages.ts';

type AgentChild = Child<ToAgent, FromAgent>;

const READY_TIMEOUT_MS = 20_000;
const REPORT_TIMEOUT_MS = 60_000;

/** The load agents of one trial. */
export class AgentGroup {
  readonly #children: readonly AgentChild[];
  readonly #progress: (AgentProgress | undefined)[];

  /** Starts one process for each entry of `cpus` (null: not pinned); they wait for their assignments. */
  constructor(cpus: readonly (number | null)[]) {
    this.#children = cpus.map((cpu) => startChild('bench/agent/main.ts', [], cpu));
    this.#progress = this.#children.map(() => undefined);
    this.#children.forEach((child, index) =>
      child.onMessage((message) => {
        if (message.type === 'progress') this.#progress[index] = message.progress;
      }),
    );
  }

  get lost(): Promise<never> {
    return Promise.race(this.#children.map((child) => child.lost));
  }

  /** The newest progress of each agent that has sent one. */
  get progress(): AgentProgress[] {
    return this.#progress.filter((progress) => progress !== undefined);
  }

  /**
   * Divides the clients evenly among the agents, and waits until all are ready.
   *
   * @param before how many clients of the trial belong to others
   */
  async assign(trial: Omit<Assignment, 'firstClient'>, before = 0): Promise<void> {
    const count = this.#children.length;
    let firstClient = before;
    await Promise.all(
      this.#children.map((child, index) => {
        const clients = Math.floor((trial.clients * (index + 1)) / count) - Math.floor((trial.clients * index) / count);
        const ready = this.#receive(child, 'ready', READY_TIMEOUT_MS);
        const rampPerSecond = trial.rampPerSecond / count;
        child.send({ type: 'assign', assignment: { ...trial, clients, firstClient, rampPerSecond } });
        firstClient += clients;
        return ready;
      }),
    );
  }

  /** Begins the ramp; resolves when every client has connected or failed, or after `timeoutMs`. */
  async open(startUs: number, timeoutMs: number): Promise<void> {
    const opened = this.#children.map((child) => {
      const settled = this.#receive(child, 'opened', timeoutMs).catch((error: unknown) => {
        if (!(error instanceof PushbenchError && error.code === 'TIMEOUT')) throw error;
      });
      child.send({ type: 'open', startUs });
      return settled;
    });
    await Promise.all(opened);
  }

  send(message: ToAgent): void {
    for (const child of this.#children) child.send(message);
  }

  /** Resolves when every measured tick has arrived everywhere, or after `timeoutMs`. */
  async complete(timeoutMs: number): Promise<void> {
    await Promise.all(
      this.#children.map((child) =>
        this.#receive(child, 'complete', timeoutMs).catch((error: unknown) => {
          if (!(error instanceof PushbenchError && error.code === 'TIMEOUT')) throw error;
        }),
      ),
    );
  }

  /** Ends the recording and collects what was recorded. */
  finish(): Promise<{ pid: number; report: AgentReport }[]> {
    return Promise.all(
      this.#children.map(async (child) => {
        const report = this.#receive(child, 'report', REPORT_TIMEOUT_MS);
        child.send({ type: 'finish' });
        return { pid: child.pid, report: (await report).report };
      }),
    );
  }

  async stop(graceMs: number): Promise<void> {
    await Promise.all(this.#children.map((child) => child.stop(graceMs)));
  }

  kill(): void {
    for (const child of this.#children) child.kill();
  }

  #receive<T extends FromAgent['type']>(
    child: AgentChild,
    type: T,
    timeoutMs: number,
  ): Promise<Extract<FromAgent, { type: T }>> {
    return receive(
      child,
      (message) => {
        if (message.type === 'failed') throw new PushbenchError('defect', message.code, message.message);
        return message.type === type ? (message as Extract<FromAgent, { type: T }>) : undefined;
      },
      timeoutMs,
      `'${type}' from the load agent (pid ${child.pid})`,
    );
  }
}
