import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HOSTILE } from '../helpers/result-fixture.ts';
import { escapeHtml, html, joined, jsonIsland } from '../../server/page/html.ts';

test('interpolated text is escaped, in elements and in attributes', () => {
  assert.equal(html`<p title="${`"'&`}">${'<b>'}${3}${null}</p>`.source, '<p title="&quot;&#39;&amp;">&lt;b&gt;3</p>');
});

test('markup and lists of it stay markup', () => {
  const words = ['a', '<'].map((word) => html`<i>${word}</i>`);
  assert.equal(html`<b>${words}</b>`.source, '<b><i>a</i><i>&lt;</i></b>');
  assert.equal(joined(['a', html`<b></b>`], ', ').source, 'a, <b></b>');
});

test('line breaks of the source become spaces, those of the content stay', () => {
  const literals = ['<code>\n    ', '</code>\n'];
  const template = Object.assign(literals, { raw: literals });
  assert.equal(html(template, 'a\n  b').source, '<code> a\n  b</code> ');
});

test('a JSON island cannot end its script element and parses to the same value', () => {
  const value = { text: `${HOSTILE}</SCRIPT><!-- --> \u2029` };
  const island = jsonIsland(value);
  assert.doesNotMatch(island, /<|-->|[\u2028\u2029]/u);
  assert.deepEqual(JSON.parse(island), value);
});

test('escaping covers every character that ends text or an attribute', () => {
  assert.doesNotMatch(escapeHtml(HOSTILE), /[<>"']/);
});
