import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { setImmediate as immediately } from 'node:timers/promises';
import { Recorder } from '../../../../bench/agent/measure/recorder.ts';
import { CLIENT_TRANSPORTS } from '../../../../bench/agent/index.ts';
import type { Door } from '../../../../bench/result/target.ts';
import { nowUs } from '../../../../server/clock.ts';
import { dueUs } from '../../../../server/feed/schedule.ts';
import { tickEncoder } from '../../../../server/feed/tick.ts';
import type { TransportId } from '../../../../server/transports/traits.ts';
import { until } from '../../../helpers/until.ts';
import { TRAITS } from '../../../../server/transports/traits.ts';

const SCHEDULE = { startUs: Math.ceil(nowUs()) - 1_000_000, rateHz: 1000 };
const PAYLOAD_BYTES = 100;
const SEED = 1;

/** A tick of the feed that the clients of these servers expect. */
export function tickOf(seq: number) {
  return tickEncoder(PAYLOAD_BYTES, SEED)(seq, dueUs(SCHEDULE, seq));
}

/** What a server says to the head of a request. */
export type Answer = (head: string) => string | Buffer;
type Pieces = 'whole' | 'byte by byte';

/** A server that says what it is told to and counts who comes; `requests` are the heads, `sent` what came behind them. */
async function startScript(t: TestContext, answer: Answer, pieces: Pieces, isClosed: boolean) {
  const script = {
    port: 0,
    requests: [] as string[],
    sent: [] as Buffer[],
    push: (bytes: Buffer) => sockets.forEach((socket) => socket.write(bytes)),
  };
  const sockets: Socket[] = [];
  const serve = async (socket: Socket): Promise<void> => {
    sockets.push(socket);
    socket.setNoDelay(true);
    socket.on('error', () => undefined);
    let head = '';
    const nth = script.sent.push(Buffer.alloc(0)) - 1;
    socket.on('data', (bytes: Buffer) => {
      if (head.includes('\r\n\r\n')) script.sent[nth] = Buffer.concat([script.sent[nth]!, bytes]);
      else head += bytes.toString('latin1');
    });
    while (!head.includes('\r\n\r\n')) await once(socket, 'data');
    script.requests.push(head);
    const bytes = Buffer.from(answer(head) as string, 'latin1');
    const step = pieces === 'whole' ? bytes.length : 1;
    for (let from = 0; from < bytes.length && !socket.destroyed; from += step) {
      socket.write(bytes.subarray(from, from + step));
      if (pieces !== 'whole') await immediately();
    }
    if (isClosed) socket.end();
  };
  const server = createServer((socket) => void serve(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  script.port = (server.address() as AddressInfo).port;
  return script;
}

type Log = { opened: number; failed: string[]; dropped: string[] };

/** Opens lean clients of a server that says `answer` to whoever asks. */
export async function ask(
  t: TestContext,
  id: TransportId,
  answer: Answer,
  {
    pieces = 'whole',
    isClosed = false,
    clients = 1,
    door,
  }: { pieces?: Pieces; isClosed?: boolean; clients?: number; door?: Door } = {},
) {
  const script = await startScript(t, answer, pieces, isClosed);
  const recorder = new Recorder({
    clients,
    schedule: SCHEDULE,
    payloadBytes: PAYLOAD_BYTES,
    seed: SEED,
    latestOnly: false,
    isForeign: door !== undefined,
  });
  const log: Log = { opened: 0, failed: [], dropped: [] };
  const driver = CLIENT_TRANSPORTS[id].lean(
    {
      host: '127.0.0.1',
      port: script.port,
      path: door?.path ?? TRAITS[id].path,
      ...(door ? { door } : {}),
      clients,
      firstClient: 0,
      sourceAddress: () => undefined,
      schedule: SCHEDULE,
      seed: SEED,
      poll: { intervalUs: 20_000, latestOnly: false },
    },
    recorder,
    {
      opened: () => {
        if (++log.opened === clients) driver.begin?.();
      },
      failed: (_client, code) => log.failed.push(code),
      dropped: (_client, code) => log.dropped.push(code),
    },
  );
  t.after(() => driver.stop());
  for (let client = 0; client < clients; client++) driver.open(client);
  return { script, recorder, log };
}

/** Longer than any of these servers told its client to wait before it comes back. */
const LATER_MS = 50;

/** Tries the answer whole and byte by byte: the client must end as expected, once, and never come back. */
export async function assertEndsAs(t: TestContext, id: TransportId, answer: Answer, expected: Log, isClosed = false) {
  for (const pieces of ['whole', 'byte by byte'] as const) {
    const { script, log } = await ask(t, id, answer, { pieces, isClosed });
    await until(() => log.failed.length + log.dropped.length > 0, 'the end of the client');
    await new Promise((resolve) => setTimeout(resolve, LATER_MS));
    assert.deepEqual(log, expected, pieces);
    assert.equal(script.requests.length, 1, 'lean clients neither reconnect nor follow');
  }
}

/** A client that could not be opened. */
export const failed = (code: string): Log => ({ opened: 0, failed: [code], dropped: [] });
/** A client that was open and is no more. */
export const dropped = (code: string): Log => ({ opened: 1, failed: [], dropped: [code] });
/** Head of a response; `fields` are lines without their ends. */
export const head = (status: number | string, ...fields: string[]): string =>
  `HTTP/1.1 ${status}\r\n${fields.map((field) => `${field}\r\n`).join('')}\r\n`;
