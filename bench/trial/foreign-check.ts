// Does a server that is not ours take clients, and bring each of them the ticks? Asked before the ramp of each trial, with two clients.
import { setTimeout as sleep } from 'node:timers/promises';
import { TRAITS, type TransportId } from '../../server/transports/traits.ts';
import type { DriverOptions } from '../agent/contract.ts';
import { CLIENT_TRANSPORTS } from '../agent/index.ts';
import { Recorder } from '../agent/measure/recorder.ts';
import { PushbenchError } from '../basics/errors.ts';
import type { Target } from '../result/target.ts';

/** What is asked for, and what must come. */
type Asked = Pick<DriverOptions, 'host' | 'port' | 'path' | 'door' | 'schedule' | 'seed'> & {
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
/** Beyond those of any trial: a server that knows its clients by their number has not seen these. */
const FIRST_CLIENT = 1_000_000;
const POLL_US = 100_000;
/** More answers than this, beyond one a tick, and a long poll was not held. */
const MOST_EMPTY = 20;
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
  const latestOnly = where.door?.latest === true;
  const recorder = new Recorder({ clients: CLIENTS, schedule, payloadBytes, seed, isForeign: true, latestOnly });
  let opened = 0;
  const failures: string[] = [];
  const driver = CLIENT_TRANSPORTS[transport].lean(
    {
      ...where,
      clients: CLIENTS,
      firstClient: FIRST_CLIENT,
      sourceAddress: () => undefined,
      poll: { intervalUs: POLL_US, latestOnly },
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
    const periodMs = 1000 / schedule.rateHz;
    const isHeld = TRAITS[transport].asks === 'at-once';
    for (let client = 0; client < CLIENTS; client++) driver.open(client);
    const openMs = OPEN_TIMEOUT_MS + (isHeld ? periodMs : 0);
    if (!(await wait(() => opened === CLIENTS, openMs))) {
      const head = isHeld
        ? 'Answer a long poll with the next tick'
        : 'Send the head of the answer at once, before the first tick';
      throw wrong(`no answer to a client within ${(openMs / 1000).toFixed(1)} s. ${head}`);
    }
    driver.begin?.();
    if (periodMs > MOST_PERIOD_MS) return;
    const served = () => recorder.newest.filter((seq) => seq > 0).length;
    const isServed = await wait(() => served() === CLIENTS, TICK_TIMEOUT_MS + 2 * periodMs);
    if (isHeld) await refuseSpinning(recorder, Math.min(periodMs, 200), wrong);
    if (isServed) return;
    throw wrong(
      served() === 0
        ? `no whole tick came in ${TICK_TIMEOUT_MS / 1000} s. Send ${sent} to every client, unchanged and at once: are ticks held in a buffer, ${publish === 'self' ? 'made otherwise than docs/targets.md says' : 'altered'}, compressed, or in base64?`
        : `ticks come to one client only. Send ${sent} to every client that is connected`,
    );
  } finally {
    driver.stop();
  }
}

/** A client of long polling asks again at once: where it is answered at once as well, both do nothing else. */
async function refuseSpinning(recorder: Recorder, forMs: number, wrong: (what: string) => Error): Promise<void> {
  const held = () => recorder.newest.reduce((sum, seq) => sum + seq, 0);
  const [answersBefore, heldBefore] = [recorder.answers, held()];
  await sleep(forMs);
  const empty = recorder.answers - answersBefore - (held() - heldBefore);
  if (empty <= MOST_EMPTY) return;
  throw wrong(
    `${empty} answers without a new tick in ${Math.round(forMs)} ms: a long poll is held until there is one. Where it is answered at once, have it measured as polling (--poll)`,
  );
}
