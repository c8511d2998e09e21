import { splitJsonArray } from '../../../../../bench/agent/wire/json-array.ts';
import { WireError } from '../../../../../bench/agent/wire/wire-error.ts';
import { difference, pick, Watch, type FuzzTarget } from './target.ts';

const VALUES = [
  '{"seq":1,"due":123456,"pad":"xxxx"}',
  '{"a":[1,{"b":"]}"}],"c":null}',
  '[[],[1,2],{}]',
  '"\\\\"',
  '"a\\"b,]"',
  '"\\u00e9…"',
  '-1.5e+7',
  'true',
  'null',
  '""',
  `"${'x'.repeat(300)}"`,
];

function sample(random: () => number): Uint8Array {
  const space = pick(['', '', '', ' ', '\n\t'], random);
  const values = Array.from({ length: Math.floor(random() * 6) }, () => pick(VALUES, random) + space);
  return Buffer.from(`${space}[${space}${values.join(`,${space}`)}]${space}`);
}

function read(bytes: Uint8Array): { parts: string[] | undefined; wrong: string | undefined } {
  const parts: string[] = [];
  let isRefused = false;
  const watch = new Watch();
  const onElement = (_client: number, buffer: Uint8Array, start: number, end: number): void => {
    parts.push(watch.slice(buffer, start, end));
  };
  // An answer lies whole in the read buffer, between bytes of other answers.
  const push = (buffer: Uint8Array, start: number, end: number): void => {
    try {
      splitJsonArray(buffer, start, end, onElement, 7);
    } catch (error) {
      if (!(error instanceof WireError) || error.code !== 'JSON_ARRAY') throw error;
      isRefused = true;
    }
  };
  const wrong = watch.pushInReads(bytes, [], push, () => undefined);
  return { parts: isRefused ? undefined : parts, wrong };
}

function parsed(latin1: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(Buffer.from(latin1, 'latin1').toString()) as unknown };
  } catch {
    return undefined;
  }
}

export const jsonArray: FuzzTarget = {
  name: 'json-array',
  sample,
  dictionary: ['[', ']', '{', '}', ',', '"', '\\', '\\"', '[[', ']]', '[]', '{}', ' ', '\0', 'null', '\xef\xbb\xbf'],
  check(bytes) {
    const { parts, wrong } = read(bytes);
    if (wrong !== undefined) return wrong;
    const expected = parsed(Buffer.from(bytes).toString('latin1'));
    const values = parts?.map(parsed);
    if (expected === undefined || !Array.isArray(expected.value)) {
      // Inside an element anything may stand: that is for its reader to judge, who must then find it.
      return values?.every((value) => value !== undefined) ? 'passes as an array what JSON.parse refuses' : undefined;
    }
    if (values === undefined) return 'refuses an array that JSON.parse accepts';
    return difference(
      'differs from JSON.parse',
      values.map((value) => JSON.stringify(value?.value)),
      expected.value.map((value) => JSON.stringify(value)),
    );
  },
};
