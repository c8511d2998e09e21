import { setTimeout as sleep } from 'node:timers/promises';
import { nowUs } from '../../server/clock.ts';
import { PushbenchError } from '../basics/errors.ts';
import { receive } from './channel.ts';
import { startAll, startChild, type Child } from './child.ts';
import type { AgentProgress, AgentReport, Assignment, FromAgent, ToAgent } from '../agent/messages.ts';
import { Roster, type Loss } from './roster.ts';

type AgentChild = Child<ToAgent, FromAgent>;

const READY_TIMEOUT_MS = 20_000;
const REPORT_TIMEOUT_MS = 15_000;

/**
 * An agent says something {@link PROGRESS_HZ} times a second, however busy it is, since timers have their turn in every
 * round of its event loop: after so long a silence it hangs, is stopped, or gets next to no CPU.
 */
const SILENCE_MS = 10_000;
const WATCH_MS = 500;

/** What is known of one agent while it lives; all that is known once it is lost. */
type Known = {
  lastHeardUs: number;
  isReady: boolean;
  /** Said once, maybe before anybody waits for it. */
  isComplete: boolean;
  progress: AgentProgress | undefined;
  connections: AgentReport['connections'];
};

/** What an agent had said of its clients before it was lost. */
export type LostAgent = { connected: number; connections: AgentReport['connections'] };

/** The load agents of one trial. Some may be lost on the way; the others go on. */
export class AgentGroup {
  readonly #roster: Roster<AgentChild>;
  readonly #known = new Map<AgentChild, Known>();
  #watch: NodeJS.Timeout | undefined;

  /** Starts one process for each entry of `cpus` (null: not pinned); they wait for their assignments. */
  constructor(
    cpus: readonly (number | null)[],
    start: (cpu: number | null) => AgentChild = (cpu) => startChild('bench/agent/main.ts', [], cpu),
  ) {
    const children = startAll(cpus.map((cpu) => () => start(cpu)));
    for (const child of children) {
      const known: Known = {
        lastHeardUs: nowUs(),
        isReady: false,
        isComplete: false,
        progress: undefined,
        connections: [],
      };
      this.#known.set(child, known);
      child.onMessage((message) => note(known, message));
    }
    this.#roster = new Roster(children, (child) => {
      const { connections } = this.#known.get(child)!;
      connections.push({ atUs: nowUs(), connected: 0 });
    });
  }

  get losses(): readonly Loss[] {
    return this.#roster.losses;
  }

  get pids(): number[] {
    return this.#roster.all.map((child) => child.pid);
  }

  /** Resolves when the last agent is lost. */
  get nobodyLeft(): Promise<void> {
    return this.#roster.nobodyLeft;
  }

  /** The newest progress of each living agent that has sent one. */
  get progress(): AgentProgress[] {
    return this.#roster.living.map((child) => this.#known.get(child)!.progress).filter((known) => known !== undefined);
  }

  /** What those that were lost had said. */
  get lost(): LostAgent[] {
    return this.#roster.all
      .filter((child) => !this.#roster.isLiving(child))
      .map((child) => {
        const { progress, connections } = this.#known.get(child)!;
        return { connected: progress?.connected ?? 0, connections };
      });
  }

  /**
   * Divides the clients evenly among the agents, and waits until all are ready.
   *
   * @param before how many clients of the trial belong to others
   * @throws PushbenchError where an agent ends by itself before it is ready: it would do so again
   */
  async assign(trial: Omit<Assignment, 'firstClient'>, before = 0): Promise<void> {
    const children = this.#roster.all;
    const count = children.length;
    let firstClient = before;
    await Promise.all(
      children.map(async (child, index) => {
        const clients = Math.floor((trial.clients * (index + 1)) / count) - Math.floor((trial.clients * index) / count);
        const ready = this.#receive(child, 'ready', READY_TIMEOUT_MS);
        const rampPerSecond = trial.rampPerSecond / count;
        child.send({ type: 'assign', assignment: { ...trial, clients, firstClient, rampPerSecond } });
        firstClient += clients;
        const answer = ready.catch((error: unknown) => {
          // Whoever was killed may live the next time.
          if (error instanceof PushbenchError && error.code === 'CHILD_LOST') throw startFailure(error);
          throw error;
        });
        if ((await this.#roster.answer(child, answer, 'give-up')) !== undefined) this.#known.get(child)!.isReady = true;
      }),
    );
  }

  /**
   * Begins the ramp; resolves when every client has connected or failed, when nothing more has happened for `stallMs`,
   * or after `timeoutMs`. From now on an agent that falls silent is given up.
   */
  async open(startUs: number, timeoutMs: number, stallMs: number): Promise<void> {
    const settled = this.#roster.living.map((child) => {
      const opened = this.#receive(child, 'opened', timeoutMs);
      child.send({ type: 'open', startUs });
      return this.#roster.answer(child, opened, 'go-on');
    });
    this.#watchSilence();
    const stall = this.#stalled(startUs, stallMs);
    await Promise.race([Promise.all(settled), stall.promise]).finally(stall.stop);
  }

  send(message: ToAgent): void {
    for (const child of this.#roster.living) child.send(message);
  }

  /** Takes the CPU away from all that are living, by SIGSTOP, until that long has passed. */
  async halt(lengthMs: number): Promise<void> {
    const signal = (name: NodeJS.Signals) => this.#roster.living.forEach(({ pid }) => void process.kill(pid, name));
    signal('SIGSTOP');
    await sleep(lengthMs);
    signal('SIGCONT');
  }

  /** Resolves when every measured tick has arrived everywhere, or after `timeoutMs`. */
  async complete(timeoutMs: number): Promise<void> {
    await Promise.all(
      this.#roster.living
        .filter((child) => !this.#known.get(child)!.isComplete)
        .map((child) => this.#roster.answer(child, this.#receive(child, 'complete', timeoutMs), 'go-on')),
    );
  }

  /** Ends the recording and collects what was recorded by those that are left. */
  async finish(): Promise<{ pid: number; report: AgentReport }[]> {
    clearInterval(this.#watch); // composing the report takes the agent's whole attention
    const ready = this.#roster.living.filter((child) => this.#known.get(child)!.isReady);
    const reports = await Promise.all(
      ready.map(async (child) => {
        const answer = this.#receive(child, 'report', REPORT_TIMEOUT_MS);
        child.send({ type: 'finish' });
        const message = await this.#roster.answer(child, answer, 'give-up');
        return message && { pid: child.pid, report: message.report };
      }),
    );
    return reports.filter((report) => report !== undefined);
  }

  async stop(graceMs: number): Promise<void> {
    this.#dismiss();
    await Promise.all(this.#roster.all.map((child) => child.stop(graceMs)));
  }

  kill(): void {
    this.#dismiss();
    for (const child of this.#roster.all) child.kill();
  }

  #dismiss(): void {
    clearInterval(this.#watch);
    this.#roster.dismiss();
  }

  #watchSilence(): void {
    let lookedUs = nowUs();
    for (const known of this.#known.values()) known.lastHeardUs = lookedUs;
    this.#watch = setInterval(() => {
      const atUs = nowUs();
      // Where this process itself had no turn, messages wait to be read: silence is counted anew.
      const wasAway = atUs - lookedUs > 3 * WATCH_MS * 1000;
      lookedUs = atUs;
      for (const child of this.#roster.living) {
        const known = this.#known.get(child)!;
        if (wasAway) known.lastHeardUs = atUs;
        if (atUs - known.lastHeardUs <= SILENCE_MS * 1000) continue;
        const silence = `${((atUs - known.lastHeardUs) / 1e6).toFixed(1)} s`;
        this.#roster.giveUp(child, `bench/agent/main.ts (pid ${child.pid}) hung: not a word for ${silence}`);
      }
    }, WATCH_MS);
  }

  /** Resolves when the number of settled clients has not changed for so long. */
  #stalled(startUs: number, stallMs: number): { promise: Promise<void>; stop: () => void } {
    const { promise, resolve } = Promise.withResolvers<void>();
    let settled = -1;
    let sinceUs = startUs;
    const timer = setInterval(() => {
      const now = this.progress.reduce((sum, { connected, failed }) => sum + connected + failed, 0);
      if (now !== settled) {
        settled = now;
        sinceUs = nowUs();
      } else if (nowUs() - sinceUs > stallMs * 1000) resolve();
    }, WATCH_MS);
    return { promise, stop: () => clearInterval(timer) };
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

function note(known: Known, message: FromAgent): void {
  known.lastHeardUs = nowUs();
  if (message.type === 'complete') known.isComplete = true;
  if (message.type !== 'progress') return;
  const { atUs, connected } = message.progress;
  if (known.progress?.connected !== connected) known.connections.push({ atUs, connected });
  known.progress = message.progress;
}

function startFailure(error: PushbenchError): PushbenchError {
  return new PushbenchError(error.reason, 'AGENT_START', `a load agent could not start: ${error.message}`, {
    cause: error,
  });
}
