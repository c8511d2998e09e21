import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildReport } from '../../report/build.ts';
import { AGENT_SATURATED, fixtureResult } from '../helpers/result-fixture.ts';
import { escapeHtml } from '../../server/page/html.ts';

const sectionOf = (page: string) => /<section[^>]*id="verdicts".*?<\/section>/s.exec(page)?.[0] ?? '';

test('every verdict of the result stands in the report word for word, with the letter for micro', async () => {
  const result = fixtureResult({ blocks: 8 });
  const section = sectionOf(await buildReport(result));
  assert.ok(result.verdicts.length > 5);
  for (const verdict of result.verdicts) {
    // The load of a pair stands above it.
    const own = verdict.kind === 'pair' ? verdict.sentence.replace(/^.*?: ./, '') : verdict.sentence;
    assert.ok(section.includes(escapeHtml(own.replaceAll(/ us\b/g, ' µs'))), own);
  }
});

test('a run whose agents were the limit withholds its verdicts and says why', async () => {
  const result = fixtureResult({
    blocks: 8,
    validity: (cell) => (cell.transport === 'sse' ? AGENT_SATURATED : { status: 'valid', reasons: [] }),
  });
  const section = sectionOf(await buildReport(result));
  assert.match(section, /No verdict|no verdict/);
  assert.match(section, /the load generator, not the server, was the limit/);
});
