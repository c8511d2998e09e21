import { parseCursor } from '../../../../../server/transports/cursor.ts';
import { pick, type FuzzTarget } from './target.ts';

const CURSORS = [
  '0',
  '1',
  '12',
  '123456789',
  '999999999999999',
  '1000000000000000',
  '007',
  '',
  '-1',
  '1.5',
  '1e3',
  '0x10',
  ' 1',
  '1\n',
];

/** What a cursor is, digit by digit; a number is never above 10^15, where doubles are still exact. */
function expected(text: string): number | undefined | 'malformed' {
  if (text.length === 0) return undefined;
  if (text.length > 15) return 'malformed';
  let value = 0;
  for (const character of text) {
    const digit = '0123456789'.indexOf(character);
    if (digit < 0) return 'malformed';
    value = value * 10 + digit;
  }
  return value;
}

/** A feed that has come so far that any cursor may be its own. */
const FEED = { newestSeq: Number.MAX_SAFE_INTEGER, newestDueSeq: () => Number.MAX_SAFE_INTEGER };

/** The server's side: a `Last-Event-ID` as Node hands it over, and an `after` as the upgrade of a WebSocket reads it. */
export const cursor: FuzzTarget = {
  name: 'cursor',
  sample: (random) => Buffer.from(pick(CURSORS, random)),
  dictionary: [
    '0',
    '9',
    '-',
    '.',
    'e',
    '%',
    '%00',
    '%0d%0a',
    '&after=2',
    '#',
    '?',
    '//',
    '[',
    '\xd9\xa1',
    '\0',
    '\r',
    '\n',
    '+',
    ' ',
  ],
  check(bytes) {
    const text = Buffer.from(bytes).toString('latin1');
    const actual = parseCursor(text, FEED);
    if (actual !== expected(text)) return `${JSON.stringify(text)} is ${String(actual)}`;
    const url = URL.parse(`/feed/websocket?after=${text}`, 'http://localhost');
    if (url === null) return undefined;
    const after = url.searchParams.get('after') ?? undefined;
    const read = parseCursor(after, FEED);
    return read === expected(after ?? '') ? undefined : `after=${JSON.stringify(text)} is ${String(read)}`;
  },
};
