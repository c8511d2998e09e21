import { serverConfig, type ServerConfig } from '../../server/config.ts';
import type { FromServer, ServerSample, ToServer } from '../../server/control.ts';
import { PushbenchError } from '../errors.ts';
import { receive } from './channel.ts';
import { startChild, type Child, type Entry } from './child.ts';

type ServerChild = Child<ToServer, FromServer>;

const START_TIMEOUT_MS = 20_000;
const SAMPLE_TIMEOUT_MS = 20_000;

/** The server of one trial: one process, or several that share a port and, through the same schedule, a feed. */
export class ServerGroup {
  readonly port: number;
  readonly #children: readonly ServerChild[];
  #samples = 0;

  private constructor(port: number, children: readonly ServerChild[]) {
    this.port = port;
    this.#children = children;
  }

  /**
   * Starts one process for each entry of `cpus` (null: not pinned) and waits until all listen.
   *
   * @param program another program that obeys the same messages, and its arguments behind the configuration
   * @throws PushbenchError `PORT_TAKEN`, or what else kept a process from listening
   */
  static async start(
    config: Partial<ServerConfig>,
    cpus: readonly (number | null)[],
    program: readonly [Entry, ...string[]] = ['server/main.ts'],
  ): Promise<ServerGroup> {
    const [entry, ...args] = program;
    const children: ServerChild[] = [];
    let port = config.port ?? 0;
    try {
      for (const cpu of cpus) {
        const whole = serverConfig({ ...config, port, reusePort: cpus.length > 1 });
        const child: ServerChild = startChild(entry, [JSON.stringify(whole), ...args], cpu);
        children.push(child);
        // One after the other: the first decides the port of all.
        port = await listening(child, port);
      }
    } catch (error) {
      for (const child of children) child.kill();
      throw error;
    }
    return new ServerGroup(port, children);
  }

  get pids(): number[] {
    return this.#children.map((child) => child.pid);
  }

  /** Rejects when any of the processes is gone. */
  get lost(): Promise<never> {
    return Promise.race(this.#children.map((child) => child.lost));
  }

  /**
   * One sample of each process, taken at `atUs` on the monotonic clock (0: at once).
   *
   * @param collect collect garbage first, so that what remains is held
   */
  sample(atUs = 0, collect = false, waitMs = 0): Promise<ServerSample[]> {
    const id = String(this.#samples++);
    return Promise.all(
      this.#children.map((child) => {
        const sample = receive(
          child,
          (message) => (message.type === 'sample' && message.id === id ? message.sample : undefined),
          waitMs + SAMPLE_TIMEOUT_MS,
          `a sample of the server (pid ${child.pid})`,
        );
        child.send({ type: 'sample', id, atUs, collect });
        return sample;
      }),
    );
  }

  async stop(graceMs: number): Promise<void> {
    await Promise.all(this.#children.map((child) => child.stop(graceMs)));
  }

  kill(): void {
    for (const child of this.#children) child.kill();
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
      throw new PushbenchError('resource', message.code, `the server could not start: ${message.message}`);
    },
    START_TIMEOUT_MS,
    'the start of the server',
  );
}
