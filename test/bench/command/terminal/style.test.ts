import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import {
  columnsOf,
  definitions,
  fit,
  painter,
  table,
  wantsColor,
  wrap,
} from '../../../../bench/command/terminal/style.ts';
import { visible } from '../../../../bench/basics/shown.ts';

describe('colours', () => {
  it('follow the flag first, then NO_COLOR, FORCE_COLOR, TERM=dumb and the terminal', () => {
    for (const [flag, env, isTTY, expected] of [
      ['auto', {}, true, true],
      ['auto', {}, false, false],
      ['auto', { NO_COLOR: '1' }, true, false],
      ['auto', { NO_COLOR: '' }, true, true],
      ['auto', { NO_COLOR: '1', FORCE_COLOR: '1' }, true, false],
      ['auto', { FORCE_COLOR: '1' }, false, true],
      ['auto', { FORCE_COLOR: '0' }, true, false],
      ['auto', { TERM: 'dumb' }, true, false],
      ['always', { NO_COLOR: '1' }, false, true],
      ['never', { FORCE_COLOR: '1' }, true, false],
    ] as const) {
      assert.equal(wantsColor(flag, env, isTTY), expected, JSON.stringify([flag, env, isTTY]));
    }
  });

  it('are there or not, as was decided, whatever the streams are', () => {
    assert.equal(painter(true)('red', 'x'), '\u001B[31mx\u001B[39m');
    assert.equal(painter(false)('red', 'x'), 'x');
  });
});

describe('text from elsewhere', () => {
  it('cannot act on the terminal', () => {
    assert.equal(
      visible('a\u001B]0;title\u0007b\r\n\u009Bc\u202Ed'),
      String.raw`a\u001b]0;title\u0007b\u000d\u000a\u009bc\u202ed`,
    );
    assert.equal(visible('Grüße, 你好 ✓'), 'Grüße, 你好 ✓');
  });
});

describe('layout', () => {
  it('cuts to a width and marks the cut', () => {
    assert.equal(fit('abcdef', 6), 'abcdef');
    assert.equal(fit('abcdef', 4), 'abc…');
  });

  it('knows characters of two columns and of none, and never divides one', () => {
    assert.deepEqual(['你好', '👩‍🚀x', 'e\u0301', 'Grüße · …'].map(columnsOf), [4, 3, 1, 9]);
    assert.equal(fit('你好世界', 5), '你好…');
    assert.equal(fit('👩‍🚀👩‍🚀👩‍🚀', 4), '👩‍🚀…');
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 20 }), (text, width) => {
        assert.ok(columnsOf(fit(text, width)) <= width);
      }),
    );
  });

  it('puts an explanation beside its name, or below it where it would be too narrow', () => {
    const rows = [['--flag <list>', 'what it is good for and what it is not']] as const;
    assert.deepEqual(definitions(rows, 50), [
      '  --flag <list>  what it is good for and what it',
      '                 is not',
    ]);
    assert.deepEqual(definitions(rows, 40), [
      '  --flag <list>',
      '      what it is good for and what it is',
      '      not',
    ]);
  });

  it('wraps without losing a word', () => {
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1 }),
        fc.integer({ min: 12, max: 60 }),
        (words, width) => {
          const lines = wrap(words.join(' '), width);
          assert.equal(lines.join(' '), words.join(' '));
          assert.ok(lines.every((line) => line.length <= width));
        },
      ),
    );
  });

  it('aligns columns', () => {
    assert.deepEqual(
      table(
        [
          ['', 'ms'],
          ['sse', '1'],
          ['polling', '100'],
        ],
        1,
      ),
      ['          ms', 'sse        1', 'polling  100'],
    );
  });
});
