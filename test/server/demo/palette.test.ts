import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

/** The custom properties of a style sheet, in order: light ones, then dark ones. */
async function properties(path: string): Promise<string[]> {
  const css = await readFile(new URL(`../../../${path}`, import.meta.url), 'utf8');
  return [...css.matchAll(/^\s+(--[a-z-]+): ([^;]+);$/gm)].map(([, name, value]) => `${name}: ${value}`);
}

test('the live page and the report are painted with the same colours', async () => {
  const report = await properties('report/styles.css');
  for (const property of await properties('server/demo/palette.css')) assert.ok(report.includes(property), property);
});
