import { Agent, request } from 'node:http';
import { filled } from '../basics/placeholders.ts';
import type { Target } from '../result/target.ts';
import type { Answered, Send } from './publish-log.ts';

type HttpPublish = Extract<Target['publish'], object>['http'];

/** So many publishes in a row that fail are no accident. */
const MOST_FAILED = 3;

/**
 * Each tick as one request, in order on one connection. It is sent when it is due, whether or not those before it have been
 * answered; Node keeps what the connection does not take yet. It is answered when the head of the response has come.
 *
 * @param giveUp is told, in a sentence, when the server takes no ticks
 */
export function createHttpPublish(
  host: string,
  port: number,
  { method = 'POST', path, headers = {}, body = '{tick}', expect }: HttpPublish,
  giveUp: (why: string) => void,
): Send {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  let failed = 0;
  const note = (why: string | null, answered: Answered, remedy?: string) => {
    answered(why);
    failed = why === null ? 0 : failed + 1;
    if (why !== null && failed >= MOST_FAILED) {
      const what = `${MOST_FAILED} ticks in a row could not be published to ${method} ${path}: ${why}`;
      giveUp(remedy === undefined ? what : `${what}: ${remedy}`);
    }
  };
  const asked = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, filled(value, 0)]));
  return ({ text }, answered) => {
    const content = body.replaceAll('{tick}', text);
    const length = { 'content-length': String(Buffer.byteLength(content)) };
    const asking = request({ host, port, agent, method, path, headers: { ...asked, ...length } }, (response) => {
      const { statusCode = 0 } = response;
      const isTaken = expect ? expect.includes(statusCode) : statusCode >= 200 && statusCode < 300;
      note(isTaken ? null : `the server answered ${statusCode}`, answered, REMEDIES[statusCode]);
      response.resume();
    });
    asking.on('error', (error) => note(error.message, answered));
    asking.end(content);
  };
}

/** What to do about the answer to a publish. */
const KEY = 'its key or token is a header of publish in a target file';
const REMEDIES: Readonly<Record<number, string>> = {
  400: 'is the body as it wants it? {tick} stands for the tick, which is JSON',
  401: KEY,
  403: KEY,
  404: 'is that the path at which it is published to?',
  405: 'is that the method by which it is published to?',
  415: 'give the content-type that it wants as a header of publish in a target file',
};
