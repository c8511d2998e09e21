import { nowUs } from '../../server/clock.ts';
import { serverConfig, type ServerConfig } from '../../server/config.ts';
import type { ForeignSample, FromServer, ServerSample, ToServer } from '../../server/control.ts';
import { PushbenchError } from '../basics/errors.ts';
import { receive } from './channel.ts';
import { startChild, type Child, type Program, type Within } from './child.ts';
import { Roster, type Loss } from './roster.ts';

type ServerChild = Child<ToServer, FromServer>;

const START_TIMEOUT_MS = 20_000;
const SAMPLE_TIMEOUT_MS = 10_000;

/**
 * The server of one trial: one process, or several that share a port and, through the same schedule, a feed. Some may be
 * lost on the way; the others go on.
 */
export class ServerGroup {
  readonly port: number;
  readonly #roster: Roster<ServerChild>;
  #samples = 0;

  private constructor(port: number, children: readonly ServerChild[]) {
    this.port = port;
    this.#roster = new Roster(children);
  }

  /**
   * Starts one process for each entry of `cpus` (null: not pinned) and waits until all listen.
   *
   * @param program another program that obeys the same messages, and its arguments behind the configuration
   * @param within where it runs, where that is not where this process does
   * @returns the group, or the loss where a process was killed, or hung, before it listened
   * @throws PushbenchError `PORT_TAKEN`, or what else kept a process from listening
   */
  static async start(
    config: Partial<ServerConfig>,
    cpus: readonly (number | null)[],
    program: Program = ['server/main.ts'],
    within?: Within,
  ): Promise<ServerGroup | Loss> {
    const [entry, ...args] = program;
    const children: ServerChild[] = [];
    let port = config.port ?? 0;
    try {
      for (const cpu of cpus) {
        const whole = serverConfig({ ...config, port, reusePort: cpus.length > 1 });
        const child: ServerChild = startChild(entry, [JSON.stringify(whole), ...args], cpu, within);
        children.push(child);
        // One after the other: the first decides the port of all.
        port = await listening(child, port);
      }
    } catch (error) {
      for (const child of children) child.kill();
      const isFault = error instanceof PushbenchError && (error.code === 'CHILD_KILLED' || error.code === 'TIMEOUT');
      if (!isFault) throw error;
      return { pid: children.at(-1)!.pid, atUs: nowUs(), message: error.message };
    }
    return new ServerGroup(port, children);
  }

  get pids(): number[] {
    return this.#roster.all.map((child) => child.pid);
  }

  get losses(): readonly Loss[] {
    return this.#roster.losses;
  }

  get isGone(): boolean {
    return this.#roster.living.length === 0;
  }

  /** Resolves when the last process is lost. */
  get nobodyLeft(): Promise<void> {
    return this.#roster.nobodyLeft;
  }

  /**
   * One sample of each process, taken at `atUs` on the monotonic clock (0: at once); undefined of those that are lost. A
   * process that does not answer is given up.
   *
   * @param collect collect garbage first, so that what remains is held
   */
  sample(atUs = 0, collect = false, waitMs = 0): Promise<(ServerSample | ForeignSample | undefined)[]> {
    const id = String(this.#samples++);
    return Promise.all(
      this.#roster.all.map(async (child) => {
        if (!this.#roster.isLiving(child)) return undefined;
        const sample = receive(
          child,
          (message) => (message.type === 'sample' && message.id === id ? message.sample : undefined),
          waitMs + SAMPLE_TIMEOUT_MS,
          `a sample of server/main.ts (pid ${child.pid})`,
        );
        child.send({ type: 'sample', id, atUs, collect });
        return this.#roster.answer(child, sample, 'give-up');
      }),
    );
  }

  async stop(graceMs: number): Promise<void> {
    this.#roster.dismiss();
    await Promise.all(this.#roster.all.map((child) => child.stop(graceMs)));
  }

  kill(): void {
    this.#roster.dismiss();
    for (const child of this.#roster.all) child.kill();
  }
}

function listening(child: ServerChild, port: number): Promise<number> {
  return receive(
    child,
    (message) => {
      if (message.type === 'listening') return message.port;
      if (message.type !== 'failed') return undefined;
      if (message.code === 'EADDRINUSE') {
        throw new PushbenchError(
          'resource',
          'PORT_TAKEN',
          `port ${port} is taken; name another with --port, or leave it out for a free one`,
        );
      }
      if (message.code === 'TARGET_START') throw new PushbenchError('target', message.code, message.message);
      throw new PushbenchError('resource', message.code, `the server could not start: ${message.message}`);
    },
    START_TIMEOUT_MS,
    'the start of the server',
  );
}
