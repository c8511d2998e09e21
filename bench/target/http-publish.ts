import { Agent, request, STATUS_CODES } from 'node:http';
import type { Tick } from '../../server/feed/tick.ts';
import type { Target } from '../result/target.ts';

type HttpPublish = Extract<Target['publish'], object>['http'];

/** So many publishes in a row that fail are no accident. */
const MOST_FAILED = 3;

/**
 * Each tick as one request, in order on one connection. It is sent when it is due, whether or not those before it have been
 * answered; Node keeps what the connection does not take yet.
 *
 * @param giveUp is told, in a sentence, when the server takes no ticks
 * @param onTaken is told of each tick that it takes
 */
export function createHttpPublish(
  host: string,
  port: number,
  { method = 'POST', path, headers = {}, body = '{tick}', expect }: HttpPublish,
  giveUp: (why: string) => void,
  onTaken: () => void = () => undefined,
): (tick: Tick) => void {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  let failed = 0;
  const note = (why: string | null) => {
    failed = why === null ? 0 : failed + 1;
    if (why === null) onTaken();
    if (why !== null && failed >= MOST_FAILED) {
      giveUp(`${MOST_FAILED} ticks in a row could not be published to ${method} ${path}: ${why}`);
    }
  };
  return ({ text }) => {
    const content = body.replaceAll('{tick}', text);
    const length = { 'content-length': String(Buffer.byteLength(content)) };
    const asking = request({ host, port, agent, method, path, headers: { ...headers, ...length } }, (response) => {
      const { statusCode = 0 } = response;
      const isTaken = expect ? expect.includes(statusCode) : statusCode >= 200 && statusCode < 300;
      note(isTaken ? null : refusal(statusCode));
      response.resume();
    });
    asking.on('error', (error) => note(error.message));
    asking.end(content);
  };
}

/** What an answer to a publish means, and what to do about it. */
function refusal(status: number): string {
  const answered = `the server answered ${status}${STATUS_CODES[status] === undefined ? '' : ` (${STATUS_CODES[status]})`}`;
  const remedy = REMEDIES[status];
  return remedy === undefined ? answered : `${answered}: ${remedy}`;
}

const KEY = 'its key or token is a header of publish in a target file';
const REMEDIES: Readonly<Record<number, string>> = {
  400: 'is the body as it wants it? {tick} stands for the tick, which is JSON',
  401: KEY,
  403: KEY,
  404: 'is that the path at which it is published to?',
  405: 'is that the method by which it is published to?',
  415: 'give the content-type that it wants as a header of publish in a target file',
};
