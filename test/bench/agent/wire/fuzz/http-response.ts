import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import { Duplex } from 'node:stream';
import type { Carry } from '../../../../../bench/agent/wire/carry.ts';
import { HttpResponseParser } from '../../../../../bench/agent/wire/http-response.ts';
import { WireError } from '../../../../../bench/agent/wire/wire-error.ts';
import { difference, pick, Watch, type FuzzTarget } from './target.ts';

const MAX_HEAD_BYTES = 16 * 1024;

const STATUSES = [
  '200 OK',
  '200 OK',
  '200',
  '404 Not Found',
  '204 No Content',
  '304 Not Modified',
  '500 \xfc',
  '101 x',
  '100 Continue',
];
const FIELDS = [
  'Date: x',
  'Content-Type: application/json',
  'X-Empty:',
  'X-Space: \t y \t',
  'X-High: \xff',
  'Connection: close',
  'Connection: keep-alive',
  'Server: y',
];
const FRAMINGS = ['length', 'length', 'length', 'length', 'chunked', 'chunked', 'chunked', 'chunked', 'none'];
/** Where chunked is not the last of them the body lasts until the close, whatever it looks like. */
const CODINGS = ['chunked', 'chunked', 'chunked', 'Chunked', 'gzip, chunked', 'chunked, gzip', 'gzip'];
const BODIES = ['', 'a', 'hello', '[{"seq":1}]', 'x'.repeat(300), '0\r\n\r\n', '\r\n'];

function chunks(body: string, random: () => number): string {
  let text = '';
  for (let from = 0; from < body.length;) {
    const size = 1 + Math.floor(random() * (body.length - from));
    const digits = pick([size.toString(16), size.toString(16).toUpperCase(), `0${size.toString(16)}`], random);
    text += `${digits}${pick(['', '', ';a', ';a="b c"'], random)}\r\n${body.slice(from, from + size)}\r\n`;
    from += size;
  }
  return `${text}0\r\n${pick(['', '', 'X-Sum: 1\r\n', 'A: \r\nB: c\r\n'], random)}\r\n`;
}

function sample(random: () => number): Uint8Array {
  let text = '';
  const count = Math.floor(random() * 3) + 1;
  for (let index = 0; index < count; index++) {
    const status = pick(STATUSES, random);
    const body = pick(BODIES, random);
    const fields = Array.from({ length: Math.floor(random() * 4) }, () => pick(FIELDS, random));
    const isBodyless = /^(?:1|204|304)/.test(status);
    const framing = isBodyless ? pick(['none', 'none', 'length'], random) : pick(FRAMINGS, random);
    if (framing === 'length') fields.push(`Content-Length: ${body.length}`);
    if (framing === 'chunked') fields.push(`Transfer-Encoding: ${pick(CODINGS, random)}`);
    const content = isBodyless ? '' : framing === 'chunked' ? chunks(body, random) : body;
    text += `HTTP/1.${random() < 0.05 ? 0 : 1} ${status}\r\n${fields.map((field) => `${field}\r\n`).join('')}\r\n${content}`;
  }
  return Buffer.from(text, 'latin1');
}

type Storage = { carry?: Carry };

/** `firstBytes`: of the first response, when it was whole before the connection closed. */
type Reading = { seen: string[]; wrong: string | undefined; firstBytes: number | undefined };

/** `head STATUS`, the bytes of the body one string, `end`, `error CODE`; what the close of the connection adds comes last. */
function read(bytes: Uint8Array, cuts: readonly number[]): Reading {
  const seen: string[] = [];
  const watch = new Watch();
  let counted = 0;
  let firstBytes: number | undefined;
  const parser: HttpResponseParser = new HttpResponseParser(7, {
    head: (_client, status, { headBytes }) => {
      watch.call();
      seen.push(`head ${status}`);
      if (status === 101) counted += headBytes;
    },
    body: (_client, buffer, start, end) => {
      counted += end - start;
      const piece = watch.slice(buffer, start, end);
      if (piece === '') seen.push('an empty piece of a body');
      if (seen.at(-1)?.startsWith('body ') === true) seen[seen.length - 1] += piece;
      else seen.push(`body ${piece}`);
    },
    end: () => {
      watch.call();
      counted += parser.headBytes + parser.framingBytes;
      firstBytes ??= counted;
      seen.push('end');
    },
    error: (_client, error) => {
      watch.call();
      seen.push(error instanceof WireError ? `error ${error.code}` : `no wire error: ${String(error)}`);
    },
  });
  const storage = parser as unknown as Storage;
  let upgraded = 0;
  const push = (buffer: Uint8Array, start: number, end: number): void => {
    const consumed = parser.push(buffer, start, end);
    if (consumed < start || consumed > end) throw new RangeError(`consumed to ${consumed} of ${start} to ${end}`);
    if (seen.at(-1) === 'head 101') upgraded += end - consumed;
  };
  let wrong = watch.pushInReads(bytes, cuts, push, () =>
    (storage.carry?.length ?? 0) > MAX_HEAD_BYTES + 1 ? `keeps ${storage.carry?.length} bytes of a head` : undefined,
  );
  parser.close();
  // Every byte is head, framing, body or of another protocol, once.
  const isWhole = seen.at(-1) === 'end' || seen.at(-1) === 'head 101';
  if (isWhole && counted + upgraded !== bytes.length) wrong ??= `counts ${counted + upgraded} bytes of ${bytes.length}`;
  const before = seen.length;
  const again = Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
  parser.push(again, 0, again.length);
  const after = seen.splice(before).join();
  wrong ??= after === 'head 200,body ok,end' ? undefined : `after close() it reads ${after}`;
  return { seen, wrong, firstBytes };
}

/** What Node's client makes of the first response. */
type Reference = { status: number; body: string; outcome: 'whole' | 'upgrade' | 'cut' } | { error: string };

async function reference(bytes: Uint8Array): Promise<Reference> {
  const socket = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
  const sent: ClientRequest = request({ createConnection: () => socket });
  try {
    return await new Promise((resolve) => {
      sent.on('error', (error: NodeJS.ErrnoException) => resolve({ error: error.code ?? error.message }));
      sent.on('upgrade', (response: IncomingMessage) =>
        resolve({ status: response.statusCode!, body: '', outcome: 'upgrade' }),
      );
      sent.on('response', (response: IncomingMessage) => {
        const status = response.statusCode!;
        const pieces: Buffer[] = [];
        let error: string | undefined;
        response.on('data', (piece: Buffer) => pieces.push(piece));
        response.on('error', (reason: NodeJS.ErrnoException) => (error = reason.code ?? reason.message));
        response.on('close', () => {
          const body = Buffer.concat(pieces).toString('latin1');
          if (response.complete) resolve({ status, body, outcome: 'whole' });
          else if (error === undefined || error === 'ECONNRESET') resolve({ status, body, outcome: 'cut' });
          else resolve({ error });
        });
      });
      sent.end();
      socket.push(Buffer.from(bytes));
      socket.push(null);
    });
  } finally {
    socket.destroy();
  }
}

/** Where ours and Node's parser may differ: what the comparison says, what the input must have, and why. */
const DIFFERENCES: readonly [says: RegExp, input: RegExp, why: string][] = [
  [
    /^(?:lenient|waits, not) HPE_CLOSED_CONNECTION$/,
    /^HTTP\/1\.[01] 1/,
    'an interim response says nothing about the connection: we skip it whole',
  ],
  [/^(?:lenient|waits, not) HPE_INVALID_HEADER_TOKEN$/, /\x7f/, 'a recipient may keep DEL in a value (RFC 9110, 5.5)'],
  [/^(?:lenient|waits, not) HPE_STRICT$/, /\r\n[0-9a-f]+[ \t]*;/i, 'what a chunk extension says is of no interest'],
  [
    /^(?:lenient|waits, not) HPE_INVALID_CHUNK_SIZE$/,
    /\r\n[0-9a-f]+[ \t]+;/i,
    'white space before a chunk extension is to be accepted (RFC 9112, 7.1.1)',
  ],
  [
    /^(?:lenient|waits, not) HPE_UNEXPECTED_CONTENT_LENGTH$/,
    /(?:content-length:[^]*){2}|transfer-encoding:/i,
    'the same length twice is one (RFC 9112, 6.3)',
  ],
  [
    /^(?:lenient|waits, not) HPE_INVALID_(?:CONTENT_LENGTH|TRANSFER_ENCODING)$/,
    /transfer-encoding:/i,
    'a transfer coding overrides a length (RFC 9112, 6.3)',
  ],
  [/^waits, not HPE_\w*CONTENT_LENGTH$/, /content-length:[^\n]*$/i, 'a field is judged at the end of its line'],
  [
    /^(?:differs from Node|strict HTTP_(?:CHUNK|TRAILER|TRUNCATED))/,
    /transfer-encoding:[^\r]*(?:\t|,[ \t]*\r)/i,
    'a tab and an empty element behind the last coding are nothing (RFC 9110, 5.6)',
  ],
  [
    /^strict HTTP_(?:STATUS_LINE|VERSION)$/,
    /^[\r\n]+HTTP|\r\n\r\n[\r\n]+HTTP|HTTP\/(?!1\.[01] )|HTTP\/1\.[01] (?:0\d\d|\d{3} [^\r]*[^\r\t -\xff])/,
    'a blank line first, another version, a status below 100, a control in the reason',
  ],
];

function compare(seen: readonly string[], node: Reference): string | undefined {
  const head = seen.findIndex((entry) => entry.startsWith('head '));
  const status = head < 0 ? '' : seen[head]!.slice(5);
  // Ours takes any 101 for an upgrade: it never asks for anything else. Node wants the fields, too.
  if (status === '101') return undefined;
  const hasBody = seen[head + 1]?.startsWith('body ') === true;
  const body = hasBody ? seen[head + 1]!.slice(5) : '';
  const last = seen[hasBody ? head + 2 : head + 1] ?? 'nothing';
  if ('error' in node) {
    if (last === 'end') return `lenient ${node.error}`;
    const isAboutTheEnd = node.error === 'ECONNRESET' || node.error === 'HPE_INVALID_EOF_STATE';
    return last === 'error HTTP_TRUNCATED' && !isAboutTheEnd ? `waits, not ${node.error}` : undefined;
  }
  if (node.outcome === 'cut') return last === 'end' ? 'ends where Node waits' : undefined;
  if (last !== 'end') return `strict ${(head < 0 ? seen[0] : last)?.replace('error ', '')}`;
  return difference('differs from Node', [status, body], [String(node.status), node.body]);
}

export const httpResponse: FuzzTarget = {
  name: 'http-response',
  sample,
  dictionary: [
    '\r\n',
    '\r\n\r\n',
    '0\r\n\r\n',
    '5\r\nhello\r\n',
    'ffffffffffffffff\r\n',
    'Transfer-Encoding: chunked\r\n',
    'Transfer-Encoding: gzip\r\n',
    'Transfer-Encoding: gzip, chunked\r\n',
    'Content-Length: 5\r\n',
    'Content-Length: 0\r\n',
    ' ',
    '\t',
    '\n',
    ';',
    ':',
    'HTTP/1.1 200 OK\r\n',
    'HTTP/1.1 100 Continue\r\n\r\n',
    'Upgrade: x\r\nConnection: upgrade\r\n',
    '\0',
  ],
  async check(bytes, cuts) {
    const whole = read(bytes, []);
    const cut = read(bytes, cuts);
    const wrong = whole.wrong ?? cut.wrong ?? difference('cut and whole differ', cut.seen, whole.seen);
    // Node reads on before it hands out a response, and what follows may be wrong: let it see the first one alone.
    const first = bytes.subarray(0, whole.firstBytes);
    const differs = wrong ?? compare(whole.seen, await reference(first));
    if (differs === undefined) return undefined;
    const text = Buffer.from(first).toString('latin1');
    return DIFFERENCES.some(([says, input]) => says.test(differs) && input.test(text)) ? undefined : differs;
  },
};
