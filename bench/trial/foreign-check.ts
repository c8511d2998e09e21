// Does a server that is not ours take clients, and bring each of them the ticks? Asked before the ramp of each trial, with two clients.
import { setTimeout as sleep } from 'node:timers/promises';
import type { TransportId } from '../../server/transports/traits.ts';
import type { DriverOptions } from '../agent/contract.ts';
import { CLIENT_TRANSPORTS } from '../agent/index.ts';
import { Recorder } from '../agent/measure/recorder.ts';
import { PushbenchError } from '../basics/errors.ts';
import type { Target } from '../result/target.ts';

/** What is asked for, and what must come. */
type Asked = Pick<DriverOptions, 'host' | 'port' | 'path' | 'schedule' | 'seed'> & {
  /** As it is named in messages. */
  entrant: string;
  transport: TransportId;
  payloadBytes: number;
  /** How ticks come to the server. */
  publish: Target['publish'];
};

/** What a server sends to its clients, by how it comes to it. */
const SENT = { stdin: 'each line of standard input', self: 'each tick', http: 'each tick that is published' };

const CLIENTS = 2;
const OPEN_TIMEOUT_MS = 3000;
const TICK_TIMEOUT_MS = 2000;
/** Of a slower feed nobody waits for a tick. */
const MOST_PERIOD_MS = 2000;
const LOOK_MS = 5;

/**
 * Opens two clients and waits until each has a whole tick.
 *
 * @throws PushbenchError (target) `TARGET_WRONG`, a sentence with what happened and what to do
 */
export async function checkForeign({ entrant, transport, payloadBytes, publish, ...where }: Asked): Promise<void> {
  const sent = SENT[typeof publish === 'object' ? 'http' : publish];
  const { schedule, seed, path } = where;
  const recorder = new Recorder({ clients: CLIENTS, schedule, payloadBytes, seed, isForeign: true, latestOnly: false });
  let opened = 0;
  const failures: string[] = [];
  const driver = CLIENT_TRANSPORTS[transport].lean(
    {
      ...where,
      clients: CLIENTS,
      firstClient: 0,
      sourceAddress: () => undefined,
      poll: { intervalUs: 1e6, latestOnly: false },
    },
    recorder,
    {
      opened: () => void opened++,
      failed: (_, code, message) => void failures.push(`${message} (${code})`),
      dropped: (_, code, message) => void failures.push(`it let a client go: ${message} (${code})`),
    },
  );
  const wrong = (what: string) => new PushbenchError('target', 'TARGET_WRONG', `${entrant}, ${path}: ${what}`);
  const wait = async (isDone: () => boolean, timeoutMs: number) => {
    const untilMs = performance.now() + timeoutMs;
    while (!isDone() && failures.length === 0 && performance.now() < untilMs) await sleep(LOOK_MS);
    if (failures.length > 0) throw wrong(`${failures[0]}. Does the server have ${transport} at that path?`);
    return isDone();
  };
  try {
    for (let client = 0; client < CLIENTS; client++) driver.open(client);
    if (!(await wait(() => opened === CLIENTS, OPEN_TIMEOUT_MS))) {
      throw wrong(
        `no answer to a client within ${OPEN_TIMEOUT_MS / 1000} s. Send the head of the answer at once, before the first tick`,
      );
    }
    const periodMs = 1000 / schedule.rateHz;
    if (periodMs > MOST_PERIOD_MS) return;
    const served = () => recorder.newest.filter((seq) => seq > 0).length;
    if (await wait(() => served() === CLIENTS, TICK_TIMEOUT_MS + 2 * periodMs)) return;
    throw wrong(
      served() === 0
        ? `no whole tick came in ${TICK_TIMEOUT_MS / 1000} s. Send ${sent} to every client, unchanged and at once: are ticks held in a buffer, ${publish === 'self' ? 'made otherwise than docs/targets.md says' : 'altered'}, compressed, or in base64?`
        : `ticks come to one client only. Send ${sent} to every client that is connected`,
    );
  } finally {
    driver.stop();
  }
}
