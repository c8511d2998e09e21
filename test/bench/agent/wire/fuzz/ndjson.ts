import type { Carry } from '../../../../../bench/agent/wire/carry.ts';
import { LineParser } from '../../../../../bench/agent/wire/ndjson.ts';
import { WireError } from '../../../../../bench/agent/wire/wire-error.ts';
import { difference, pick, Watch, type FuzzTarget } from './target.ts';

/** Small, so that inputs meet it. */
const MAX_BYTES = 600;

const LINES = [
  '{"seq":1}',
  '{"gap":{"from":1,"to":9}}',
  '',
  '[]',
  'null',
  '"\\n"',
  '"ünï…😀"',
  'long'.repeat(80),
  'longer'.repeat(110),
];
const ENDS = ['\n', '\n', '\n', '\r\n'];

function sample(random: () => number): Uint8Array {
  const lines = Array.from({ length: Math.floor(random() * 12) }, () => pick(LINES, random) + pick(ENDS, random));
  return Buffer.from(lines.join(''));
}

function read(bytes: Uint8Array, cuts: readonly number[]): { seen: string[]; wrong: string | undefined } {
  const seen: string[] = [];
  const watch = new Watch();
  const parser = new LineParser(
    7,
    {
      line: (client, buffer, start, end) => seen.push(`${client} ${watch.slice(buffer, start, end)}`),
      error: (_client, error) => {
        watch.call();
        seen.push(error instanceof WireError ? `error ${error.code}` : `no wire error: ${String(error)}`);
      },
    },
    MAX_BYTES,
  );
  const { carry } = parser as unknown as { carry: Carry };
  const wrong = watch.pushInReads(bytes, cuts, parser.push.bind(parser), () =>
    carry.length > MAX_BYTES ? `keeps ${carry.length} bytes of a line` : undefined,
  );
  return { seen, wrong };
}

/** By the platform's own splitting; a line that is too long ends it. */
function reference(bytes: Uint8Array): string[] {
  const seen: string[] = [];
  const lines = Buffer.from(bytes).toString('latin1').split('\n');
  for (const [index, line] of lines.entries()) {
    if (line.length > MAX_BYTES) return [...seen, 'error NDJSON_TOO_LARGE'];
    const text = line.replace(/\r$/, '');
    if (text !== '' && index < lines.length - 1) seen.push(`7 ${text}`);
  }
  return seen;
}

export const ndjson: FuzzTarget = {
  name: 'ndjson',
  sample,
  dictionary: ['\n', '\r', '\r\n', '\n\n', '\n\r\n', '{"seq":1}\n', '\0', '\xef\xbb\xbf'],
  check(bytes, cuts) {
    const whole = read(bytes, []);
    const cut = read(bytes, cuts);
    return (
      whole.wrong ??
      cut.wrong ??
      difference('cut and whole differ', cut.seen, whole.seen) ??
      difference('differs from splitting the text', whole.seen, reference(bytes))
    );
  },
};
