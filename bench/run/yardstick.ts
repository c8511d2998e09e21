// How fast the machine is just now, by what is none of the server's nor of the agents' doing.
import type { Cell, Settings, Yardstick } from '../result/schema.ts';
import { measureTrial } from '../trial/trial.ts';
import { composeTrial } from '../trial/figures.ts';

/** Frames of a WebSocket's size to as many bare sockets: enough for a tenth of a second of CPU, in a second. */
const CELL: Cell = {
  transport: 'websocket',
  clients: 200,
  rateHz: 50,
  payloadBytes: 128,
  pollIntervalMs: null,
  driver: 'lean',
  fanOut: 'prepared',
};
const WARM_UP_MS = 300;
const WINDOW_MS = 1000;
const RAMP_PER_SECOND = 10_000;
const RAMP_GRACE_MS = 2000;

/** What it takes besides the start of its processes. */
export const YARDSTICK_MS = WARM_UP_MS + WINDOW_MS + 400;

/**
 * A short trial in which bare sockets are written to and read from, without HTTP, parsing or accounts.
 *
 * @returns null where it could not be had: a run goes on without
 */
export async function measureYardstick(
  { pin, seed }: Pick<Settings, 'pin' | 'seed'>,
  signal: AbortSignal,
): Promise<Yardstick | null> {
  const settings: Settings = {
    pin,
    seed,
    warmupMs: WARM_UP_MS,
    durationMs: WINDOW_MS,
    blocks: 1,
    agents: 1,
    rampPerSecond: RAMP_PER_SECOND,
    serverWorkers: 1,
    pollLatest: false,
  };
  const trial = await measureTrial(
    {
      cell: CELL,
      settings,
      block: 0,
      order: 0,
      attempt: 1,
      port: 0,
      control: {
        server: ['bench/trial/control-server.ts', CELL.transport],
        driver: 'control',
        rampGraceMs: RAMP_GRACE_MS,
      },
    },
    () => undefined,
    signal,
  ).then(composeTrial, (error: unknown) => {
    signal.throwIfAborted();
    if (error instanceof Error) return null;
    throw error;
  });
  const agent = trial?.agents[0];
  if (!trial || !agent || trial.losses || trial.clients.connected < CELL.clients) return null;
  const messages = CELL.clients * (trial.phases.lastSeq - trial.phases.firstSeq + 1);
  return {
    writeCpuUs: (trial.server.cpuUserUs! + trial.server.cpuSystemUs!) / messages,
    readCpuUs: (agent.cpuUserUs + agent.cpuSystemUs) / messages,
    wakeUpUs: trial.server.feed!.latenessP50Us,
  };
}
