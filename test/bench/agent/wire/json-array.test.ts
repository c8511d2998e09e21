import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { splitJsonArray } from '../../../../bench/agent/wire/json-array.ts';
import { WireError } from '../../../../bench/agent/wire/wire-error.ts';
import { pushInReads } from './shared-read.ts';

function split(body: string | Uint8Array): string[] {
  const seen: string[] = [];
  const take = (client: number, buffer: Uint8Array, start: number, end: number): void => {
    assert.equal(client, 42);
    seen.push(Buffer.from(buffer.subarray(start, end)).toString());
  };
  pushInReads(Buffer.from(body as string), [], (buffer, start, end) => splitJsonArray(buffer, start, end, take, 42));
  return seen;
}

const vectors: [string, string, string[]][] = [
  ['an empty array', '[]', []],
  ['an empty array with white space', ' [ \r\n\t] \n', []],
  ['one tick', '[{"seq":1,"due":2,"pad":"x"}]', ['{"seq":1,"due":2,"pad":"x"}']],
  ['two ticks', '[{"seq":1},{"seq":2}]', ['{"seq":1}', '{"seq":2}']],
  ['white space around elements', ' [ {"a": 1} ,\n\t{"b" : 2}\r\n] ', ['{"a": 1}', '{"b" : 2}']],
  ['brackets and commas in strings', '[{"a":"],}{["},"],["]', ['{"a":"],}{["}', '"],["']],
  ['escaped quotes', '[{"a":"\\"}],[{\\""},"\\""]', ['{"a":"\\"}],[{\\""}', '"\\""']],
  ['escaped backslashes before a quote', '["\\\\","\\\\\\"",{"a":"\\\\"}]', ['"\\\\"', '"\\\\\\""', '{"a":"\\\\"}']],
  ['nested arrays and objects', '[[[1],{"a":[{}]}],{"b":[[]]}]', ['[[1],{"a":[{}]}]', '{"b":[[]]}']],
  ['scalars', '[1,-2.5e+7,1E3,true,false,null,"s"]', ['1', '-2.5e+7', '1E3', 'true', 'false', 'null', '"s"']],
  ['an empty string', '["",""]', ['""', '""']],
  ['long strings', `[{"pad":"${'x'.repeat(1000)}\\""},{}]`, [`{"pad":"${'x'.repeat(1000)}\\""}`, '{}']],
  ['a long string of brackets', `["${'x'.repeat(300)}],[",2]`, [`"${'x'.repeat(300)}],["`, '2']],
  ['characters beyond ASCII', '[{"a":"…😀"}]', ['{"a":"…😀"}']],
];

for (const [name, body, expected] of vectors) {
  test(`JSON array: ${name}`, () => assert.deepEqual(split(body), expected));
  test(`JSON array cut anywhere is malformed: ${name}`, () => {
    const bytes = Buffer.from(body.trimEnd());
    for (let length = 0; length < bytes.length; length++) assertMalformed(bytes.subarray(0, length));
  });
}

function assertMalformed(body: string | Uint8Array): void {
  assert.throws(
    () => split(body),
    (error: unknown) => error instanceof WireError && error.code === 'JSON_ARRAY',
    Buffer.from(body as string).toString(),
  );
}

test('malformed at the top level', () => {
  for (const body of [
    '',
    ' ',
    '{}',
    '{"a":[]}',
    '1',
    '"[]"',
    ']',
    '[,]',
    '[1,]',
    '[,1]',
    '[1,,2]',
    '[1 2]',
    '[{}{}]',
    '[{} {}]',
    '[1]]',
    '[][]',
    '[]x',
    '[1],',
    '[:]',
    '[}]',
    '[{]',
    '[{"a":1]]',
    '[["a"}]',
    '["a]',
    '["a\\"]',
    '[1',
    '[1,',
    '[{"a":"}]',
    '[[1]',
    "['a']",
    '[1}',
    '[\0]',
    '[1]\0',
  ]) {
    assertMalformed(body);
  }
});

test('older bytes behind the body are never taken for elements', () => {
  const bytes = Buffer.from(`["${'x'.repeat(300)}","stale","stale"]`);
  const seen: number[] = [];
  const splitPart = (end: number): void =>
    splitJsonArray(bytes, 0, end, (_client, _buffer, start) => seen.push(start), 0);
  for (let end = 0; end < 303; end++) assert.throws(() => splitPart(end), WireError);
  assert.deepEqual(seen, []);
});

test('an error carries no bytes of the response', () => {
  assert.throws(
    () => split('[{"secret":1} x]'),
    (error: unknown) => error instanceof Error && !error.message.includes('secret'),
  );
});

test('equals JSON.parse for any array and any white space', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue(), { maxLength: 8 }), fc.constantFrom('', ' ', '\t', '\n  '), (array, space) => {
      const elements = split(JSON.stringify(array, undefined, space)).map((text) => JSON.parse(text) as unknown);
      assert.deepEqual(elements, JSON.parse(JSON.stringify(array)));
    }),
    { numRuns: 2000 },
  );
});

test('accepts no array that JSON.parse refuses for its top level', () => {
  const soup = fc
    .array(fc.constantFrom('[', ']', ',', ' ', '1', '"a"', '{}', '[]'), { maxLength: 8 })
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(soup, (text) => {
      let expected: unknown;
      try {
        expected = JSON.parse(text);
      } catch {
        expected = undefined;
      }
      if (Array.isArray(expected))
        assert.deepEqual(
          split(text).map((part) => JSON.parse(part) as unknown),
          expected,
        );
      else {
        // Inside an element the soup may be wrong and still pass: then no slice of it is JSON either.
        let parts: string[] | undefined;
        try {
          parts = split(text);
        } catch (error) {
          assert.ok(error instanceof WireError);
        }
        if (parts !== undefined) assert.throws(() => parts.map((part) => JSON.parse(part) as unknown));
      }
    }),
    { numRuns: 3000 },
  );
});
