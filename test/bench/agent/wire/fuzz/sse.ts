import { createParser } from 'eventsource-parser';
import type { Carry } from '../../../../../bench/agent/wire/carry.ts';
import { SseParser } from '../../../../../bench/agent/wire/sse.ts';
import { WireError } from '../../../../../bench/agent/wire/wire-error.ts';
import { difference, pick, Watch, type FuzzTarget } from './target.ts';

/** Small, so that inputs meet it. */
const MAX_BYTES = 600;

const NAMES = ['data', 'data', 'data', 'id', 'event', 'retry', '', 'dat', 'datas', ' data', 'Event'];
const VALUES = [
  '',
  'x',
  ' x',
  '12',
  '0',
  '{"seq":1}',
  ':',
  '\0',
  '\u{feff}',
  'ünï…😀',
  'long'.repeat(60),
  'longer'.repeat(90),
];
const ENDS = ['\n', '\n', '\n', '\r', '\r\n'];

function sample(random: () => number): Uint8Array {
  let text = random() < 0.1 ? '\u{feff}' : '';
  const lines = Math.floor(random() * 14);
  for (let line = 0; line < lines; line++) {
    if (random() < 0.35) text += pick(ENDS, random);
    else text += pick(NAMES, random) + pick([':', ': ', ''], random) + pick(VALUES, random) + pick(ENDS, random);
  }
  return Buffer.from(text);
}

/** The parser's storage, which is nobody's business but this test's. */
type Storage = { line?: Carry; data?: Carry; id: Uint8Array; nextId: Uint8Array };

function read(bytes: Uint8Array, cuts: readonly number[]): { seen: string[]; wrong: string | undefined } {
  const seen: string[] = [];
  const watch = new Watch();
  const parser = new SseParser(
    7,
    {
      event: (client, buffer, start, end, from) => {
        const data = Buffer.from(watch.slice(buffer, start, end), 'latin1').toString();
        seen.push(`${client} ${from.eventType}|${from.lastEventId}|${data}`);
      },
      retry: (_client, ms) => {
        watch.call();
        seen.push(`retry ${ms}`);
      },
      comment: () => {
        watch.call();
        seen.push('comment');
      },
      error: (_client, error) => {
        watch.call();
        seen.push(error instanceof WireError ? `error ${error.code}` : `no wire error: ${String(error)}`);
      },
    },
    MAX_BYTES,
  );
  const storage = parser as unknown as Storage;
  const wrong = watch.pushInReads(bytes, cuts, parser.push.bind(parser), () =>
    (storage.line?.length ?? 0) > MAX_BYTES || (storage.data?.length ?? 0) > MAX_BYTES
      ? `keeps ${storage.line?.length} bytes of a line and ${storage.data?.length} of data`
      : storage.id.length > 2 * MAX_BYTES || storage.nextId.length > 2 * MAX_BYTES
        ? 'keeps an id above the bound'
        : undefined,
  );
  seen.push(`last event id ${parser.lastEventId}`);
  parser.close();
  const before = seen.length;
  const again = Buffer.from('event: e\ndata: again\n\n');
  parser.push(again, 0, again.length);
  const [after] = seen.splice(before);
  const isReset = after === `7 e|${parser.lastEventId}|again`;
  return { seen, wrong: wrong ?? (isReset ? undefined : `after close() it reads ${String(after)}`) };
}

function reference(bytes: Uint8Array): string[] {
  const seen: string[] = [];
  let lastEventId = '';
  const parser = createParser({
    onEvent: (event) => seen.push(`7 ${event.event ?? 'message'}|${lastEventId}|${event.data}`),
    onId: (id) => (lastEventId = id),
    onRetry: (ms) => seen.push(`retry ${Math.min(ms, 2 ** 31 - 1)}`),
    onComment: () => seen.push('comment'),
  });
  parser.feed(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes));
  seen.push(`last event id ${lastEventId}`);
  return seen;
}

/** Whether a line, or the data of an event, is above the bound: told from the text, without a parser. */
function isTooLarge(bytes: Uint8Array): boolean {
  const text = Buffer.from(bytes)
    .toString('latin1')
    .replace(/^\xef\xbb\xbf/, '');
  const lines = text.split(/\r\n|\n|\r/);
  if (lines.some((line) => line.length > MAX_BYTES)) return true;
  let dataBytes = -1;
  // What follows the last line end is no line yet.
  for (const line of lines.slice(0, -1)) {
    if (line === '') dataBytes = -1;
    const value = /^data(?:: ?([^]*))?$/.exec(line);
    if (value) dataBytes += (value[1] ?? '').length + 1;
    // Data that is a slice of the read is not kept and not bounded but by its line; a second line makes it kept.
    if (dataBytes > MAX_BYTES) return true;
  }
  return false;
}

export const sse: FuzzTarget = {
  name: 'sse',
  sample,
  dictionary: [
    'data:',
    'data: ',
    'id:',
    'id: 1\n',
    'event:',
    'retry:',
    'retry: 1\n',
    '\n\n',
    '\r\r',
    '\r\n\r\n',
    ':',
    '\xef\xbb\xbf',
    '\xef\xbb',
    '\0',
  ],
  check(bytes, cuts) {
    const whole = read(bytes, []);
    const cut = read(bytes, cuts);
    const wrong = whole.wrong ?? cut.wrong ?? difference('cut and whole differ', cut.seen, whole.seen);
    if (wrong !== undefined) return wrong;
    const at = whole.seen.indexOf('error SSE_TOO_LARGE');
    if (at >= 0 !== isTooLarge(bytes)) return at >= 0 ? 'refuses what is not too large' : 'passes what is too large';
    const expected = reference(bytes);
    return at < 0
      ? difference('differs from eventsource-parser', whole.seen, expected)
      : difference('differs from eventsource-parser', whole.seen.slice(0, at), expected.slice(0, at));
  },
};
