import { Buffer } from 'node:buffer';
import type { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import autocannon from 'autocannon';
import { nowUs } from '../../../server/clock.ts';
import { newestDue } from '../../../server/feed/schedule.ts';
import type { CreateDriver, Driver, DriverEvents, DriverOptions } from '../contract.ts';
import { filled } from '../../basics/placeholders.ts';
import { AFTER, authority, fieldsOf, longPollingPath, pollingPath } from '../routes.ts';
import type { Recorder } from '../measure/recorder.ts';
import { atOnce, everyInterval, type CreateTurns } from '../turns.ts';
import { splitJsonArray } from '../wire/json-array.ts';
import { clientEvents, type ClientEvents } from './client-events.ts';

/** What we use of autocannon's client object beyond its types: its socket, and the step that sends the next request. */
type CannonClient = EventEmitter & {
  conn: Socket;
  _doRequest(): void;
  setRequests(requests: autocannon.Request[]): void;
  destroy(): void;
  readonly destroyed: boolean;
};

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
  createTurns: CreateTurns,
): Driver {
  /** What sends each client's next request. */
  const sends: (() => void)[] = [];
  const turns = createTurns(options, (client) => sends[client]!());
  const reported: ClientEvents[] = [];
  const cannons: CannonClient[] = [];
  const instances: autocannon.Instance[] = [];
  let gathered: number[] = [];
  let launching: NodeJS.Timeout | undefined;
  let stopped = false;

  const deliver = (client: number, buffer: Uint8Array, start: number, end: number) =>
    recorder.deliver(client, buffer, start, end);

  const setUp = (client: number, cannon: CannonClient) => {
    const startSeq = newestDue(options.schedule, nowUs());
    const { door } = options;
    const clientPath = filled(path, options.firstClient + client);
    const fields = fieldsOf(options, { accept: door ? '*/*' : 'application/json' }, client);
    let echoed: Record<string, string> = {};
    const told = clientEvents(
      client,
      events,
      () => stopped,
      () => cannon.destroy(),
    );
    const { opened, lost } = told;
    reported[client] = told;
    cannons.push(cannon);
    cannon.setRequests([
      {
        method: 'GET',
        headers: fields,
        // called as the request is sent; of the first one before it is, which makes nothing a loss that is none
        setupRequest: (request) => {
          const cursor = Math.max(recorder.newest[client]!, startSeq);
          recorder.asked(client, cursor);
          return { ...request, path: clientPath.replace(AFTER, String(cursor)), headers: { ...fields, ...echoed } };
        },
        onResponse: (status, body, _context, head) => {
          recorder.beginRead(nowUs());
          echoed = { ...echoed, ...echoOf(head as Record<string, string>, door?.echo) };
          if (status === 204 || status === 304) return recorder.answered(client);
          if (status !== 200) return lost(`HTTP_${status}`, `the server answered ${status}`);
          const bytes = Buffer.from(body, 'latin1');
          try {
            if (door) recorder.deliverAnswer(client, bytes, 0, bytes.length);
            else splitJsonArray(bytes, 0, bytes.length, deliver, client);
            recorder.answered(client);
          } catch (error) {
            lost('JSON_ARRAY', (error as Error).message);
          }
        },
      },
    ]);
    cannon.on('connError', (error: NodeJS.ErrnoException) => lost(error.code ?? 'SOCKET', error.message));
    const send = cannon._doRequest.bind(cannon);
    sends[client] = () => {
      if (!cannon.destroyed) send();
    };
    let socket: Socket | undefined;
    // Called when the client may send. autocannon would, at once or in whole requests per second, in step for all clients.
    cannon._doRequest = () => {
      if (socket !== cannon.conn) {
        socket = cannon.conn;
        socket.once('connect', opened);
        socket.once('end', () => lost('CLOSED', 'the server closed the connection'));
      }
      turns.free(client);
    };
  };

  const launch = () => {
    const batch = gathered;
    gathered = [];
    launching = undefined;
    if (stopped || batch.length === 0) return;
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
      gathered.push(client);
      launching ??= setTimeout(launch, GATHER_MS);
    },
    close: (client) => {
      gathered = gathered.filter((one) => one !== client);
      reported[client]?.close();
    },
    begin: () => turns.begin(),
    stop: () => {
      stopped = true;
      turns.stop();
      for (const cannon of cannons) cannon.destroy();
      for (const instance of instances) (instance as unknown as { stop(): void }).stop();
    },
    ...(turns.latenessUs ? { pollLatenessUs: turns.latenessUs } : {}),
  };
}

/** The fields of the next request that repeat those of an answer, whose names may be in any case. */
function echoOf(head: Readonly<Record<string, string>>, echo: Readonly<Record<string, string>> = {}) {
  const repeats = new Map(Object.entries(echo).map(([name, repeat]) => [name.toLowerCase(), repeat]));
  const found = Object.entries(head).map(([name, value]) => [repeats.get(name.toLowerCase()), value] as const);
  return Object.fromEntries(found.filter(([name]) => name !== undefined)) as Record<string, string>;
}

/** Short polling with autocannon, in the same turns as the lean driver. */
export const createAutocannonPollingDriver: CreateDriver = (options, recorder, events) =>
  createDriver(options, recorder, events, pollingPath(options), everyInterval);

/** Long polling with autocannon, in the same turns as the lean driver. */
export const createAutocannonLongPollingDriver: CreateDriver = (options, recorder, events) =>
  createDriver(options, recorder, events, longPollingPath(options), atOnce);
