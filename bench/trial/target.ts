// Is there, at the other end, the server that we are about to load? Asked before the ramp of each trial.
import { request } from 'node:http';
import { ABOUT_PATH, type About } from '../../server/about.ts';
import { PushbenchError } from '../basics/errors.ts';
import { authority } from '../agent/routes.ts';

export type Target = { host: string; port: number };

/** How long the connection, and then the answer, may take. Together with the start of a run well below three seconds. */
const CONNECT_TIMEOUT_MS = 1000;
const ANSWER_TIMEOUT_MS = 1500;

/** More than any answer that we could mean. */
const MAX_BODY = 4096;

/** What a connect fails with where nothing listens, and where no way leads there. */
const UNROUTABLE = new Set(['EHOSTUNREACH', 'ENETUNREACH', 'ENETDOWN', 'EINVAL', 'EACCES', 'EPERM', 'ETIMEDOUT']);

/**
 * Makes sure that a pushbench server with the expected feed answers. Redirects are not followed.
 *
 * @param expected what its `/feed/about` must say
 * @throws PushbenchError (target) `TARGET_REFUSED`, `TARGET_UNROUTABLE`, `TARGET_SILENT` or `TARGET_WRONG`, each naming the
 *   target and what it did
 */
export async function checkTarget(target: Target, expected: Omit<About, 'service'>): Promise<void> {
  const { status, location, body } = await ask(target);
  const where = authority(target);
  if (status >= 300 && status < 400) {
    throw wrong(where, `it redirects to ${shown(location ?? 'nowhere')}, and redirects are not followed`);
  }
  if (status !== 200) throw wrong(where, `it answered ${status} to GET ${ABOUT_PATH}`);
  let about: Partial<About> | null;
  try {
    about = JSON.parse(body) as Partial<About> | null;
  } catch {
    throw wrong(where, `its answer to GET ${ABOUT_PATH} is not JSON: ${shown(body)}`);
  }
  if (about?.service !== 'pushbench') throw wrong(where, `it does not say that it is pushbench: ${shown(body)}`);
  const differing = (Object.keys(expected) as (keyof typeof expected)[])
    .filter((key) => about[key] !== expected[key])
    .map((key) => `${key} is ${shown(String(about[key]))} instead of ${expected[key]}`);
  if (differing.length > 0) throw wrong(where, `its feed is another: ${differing.join(', ')}`);
}

type Answer = { status: number; location: string | undefined; body: string };

function ask(target: Target): Promise<Answer> {
  const where = authority(target);
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  let isConnected = false;
  const asking = request({ ...target, path: ABOUT_PATH, agent: false, headers: { accept: 'application/json' } });
  const timeOut = (code: string, what: string) => () => {
    reject(new PushbenchError('target', code, `${where} ${what}`));
    asking.destroy();
  };
  let timer = setTimeout(
    timeOut(
      'TARGET_UNROUTABLE',
      `did not take the connection within ${CONNECT_TIMEOUT_MS} ms: no way leads there, or packets are dropped on it. Check address and firewall`,
    ),
    CONNECT_TIMEOUT_MS,
  );
  asking.on('socket', (socket) =>
    socket.once('connect', () => {
      isConnected = true;
      clearTimeout(timer);
      timer = setTimeout(
        timeOut(
          'TARGET_SILENT',
          `took the connection, but did not answer GET ${ABOUT_PATH} within ${ANSWER_TIMEOUT_MS} ms. Is it overloaded, stopped, or another service?`,
        ),
        ANSWER_TIMEOUT_MS,
      );
    }),
  );
  asking.on('response', (response) => {
    let body = '';
    response.setEncoding('utf8');
    const answer = () => resolve({ status: response.statusCode ?? 0, location: response.headers.location, body });
    response.on('data', (text: string) => {
      body += text;
      if (body.length > MAX_BODY) {
        answer();
        asking.destroy();
      }
    });
    response.on('end', answer);
    response.on('error', (error) => reject(wrong(where, `its answer broke off (${error.message})`)));
  });
  asking.on('error', (error: NodeJS.ErrnoException) => reject(failure(where, error, isConnected)));
  asking.end();
  return promise.finally(() => clearTimeout(timer));
}

function failure(where: string, error: NodeJS.ErrnoException, isConnected: boolean): PushbenchError {
  const code = error.code ?? error.message;
  if (isConnected) {
    return wrong(where, code.startsWith('HPE_') ? `it does not speak HTTP (${code})` : `it hung up (${code})`);
  }
  if (UNROUTABLE.has(code)) {
    return new PushbenchError(
      'target',
      'TARGET_UNROUTABLE',
      `${where} cannot be reached (${code}): no way leads there. Check address, routes and firewall`,
      { cause: error },
    );
  }
  return new PushbenchError(
    'target',
    'TARGET_REFUSED',
    `${where} refuses the connection (${code}): nothing listens there. Start the server, or name another port`,
    { cause: error },
  );
}

function wrong(where: string, what: string): PushbenchError {
  return new PushbenchError('target', 'TARGET_WRONG', `${where} is not the server that was expected: ${what}`);
}

/** What a stranger said, short and on one line. */
function shown(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
