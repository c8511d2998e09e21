import { Buffer } from 'node:buffer';
import type { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import autocannon from 'autocannon';
import { nowUs } from '../../../server/clock.ts';
import { newestDue } from '../../../server/feed/schedule.ts';
import { Tally } from '../../measure/histogram.ts';
import type { CreateDriver, DriverEvents, DriverOptions } from '../contract.ts';
import { pollPhases } from '../poll-schedule.ts';
import { authority, LONG_POLLING_PATH, pollingPath } from '../routes.ts';
import type { Recorder } from '../../measure/recorder.ts';
import { splitJsonArray } from '../wire/json-array.ts';
import { clientEvents } from './client-events.ts';

/** What we use of autocannon's client object beyond its types: its socket, and the step that sends the next request. */
type CannonClient = EventEmitter & {
  conn: Socket;
  _doRequest(): void;
  setRequests(requests: autocannon.Request[]): void;
  destroy(): void;
};

/** Tells a client when it may send: called in place of autocannon's "at once". */
type Pace = (client: number, send: () => void) => void;

/** Clients that are opened within this time share one autocannon instance, which costs timers and histograms each. */
const GATHER_MS = 10;

/** Longer than any trial, in seconds: a run ends when its driver is stopped. */
const FOREVER_SECONDS = 86_400;

/** Polling with autocannon's HTTP client. It opens its clients together; they are gathered for a moment. */
function createDriver(
  options: DriverOptions,
  recorder: Recorder,
  events: DriverEvents,
  path: string,
  pace: Pace | undefined,
) {
  const cannons: CannonClient[] = [];
  const instances: autocannon.Instance[] = [];
  let gathered: number[] = [];
  let stopped = false;

  const deliver = (client: number, buffer: Uint8Array, start: number, end: number) =>
    recorder.deliver(client, buffer, start, end);

  const setUp = (client: number, cannon: CannonClient) => {
    const startSeq = newestDue(options.schedule, nowUs());
    const { opened, lost } = clientEvents(client, events, () => stopped);
    cannons.push(cannon);
    cannon.setRequests([
      {
        method: 'GET',
        headers: { accept: 'application/json' },
        setupRequest: (request) => ({ ...request, path: `${path}${Math.max(recorder.newest[client]!, startSeq)}` }),
        onResponse: (status, body) => {
          recorder.beginRead(nowUs());
          if (status === 204 || status === 304) return;
          if (status !== 200) return lost(`HTTP_${status}`, `the server answered ${status}`);
          const bytes = Buffer.from(body, 'latin1');
          try {
            splitJsonArray(bytes, 0, bytes.length, deliver, client);
          } catch (error) {
            lost('JSON_ARRAY', (error as Error).message);
          }
        },
      },
    ]);
    cannon.on('connError', (error: NodeJS.ErrnoException) => lost(error.code ?? 'SOCKET', error.message));
    const send = cannon._doRequest.bind(cannon);
    let socket: Socket | undefined;
    // autocannon paces in whole requests per second, in step for all clients; a poll has its own interval and phase.
    cannon._doRequest = () => {
      if (socket !== cannon.conn) {
        socket = cannon.conn;
        socket.once('connect', opened);
        socket.once('end', () => lost('CLOSED', 'the server closed the connection'));
      }
      if (pace) pace(client, send);
      else send();
    };
  };

  const launch = () => {
    const batch = gathered;
    gathered = [];
    if (stopped) return;
    let next = 0;
    instances.push(
      autocannon(
        {
          url: `http://${authority(options)}`,
          connections: batch.length,
          duration: FOREVER_SECONDS,
          timeout: FOREVER_SECONDS,
          setupClient: (cannon) => setUp(batch[next++]!, cannon as unknown as CannonClient),
        },
        () => undefined,
      ),
    );
  };

  return {
    open: (client: number) => {
      if (gathered.push(client) === 1) setTimeout(launch, GATHER_MS);
    },
    stop: () => {
      stopped = true;
      for (const cannon of cannons) cannon.destroy();
      for (const instance of instances) (instance as unknown as { stop(): void }).stop();
    },
  };
}

/** Short polling with autocannon, at the same phases and interval as the lean driver. */
export const createAutocannonPollingDriver: CreateDriver = (options, recorder, events) => {
  const latenessUs = new Tally();
  const originUs = nowUs();
  const phases = pollPhases(options);
  const { intervalUs } = options.poll;

  const pace: Pace = (client, send) => {
    const firstUs = originUs + phases[client]! * intervalUs;
    const dueUs = firstUs + Math.max(0, Math.ceil((nowUs() - firstUs) / intervalUs)) * intervalUs;
    setTimeout(
      () => {
        latenessUs.record(Math.max(0, nowUs() - dueUs));
        send();
      },
      Math.max(0, Math.ceil((dueUs - nowUs()) / 1000)),
    );
  };
  return { ...createDriver(options, recorder, events, pollingPath(options), pace), pollLatenessUs: latenessUs };
};

/** Long polling with autocannon, which asks again as soon as it is answered. */
export const createAutocannonLongPollingDriver: CreateDriver = (options, recorder, events) =>
  createDriver(options, recorder, events, LONG_POLLING_PATH, undefined);
