import { gzipSync } from 'node:zlib';
import type { RunResult } from '../bench/result/schema.ts';

/** How much of the result the page carries: all of it, or what has room. Each holds to the schema of results. */
type EmbeddedContent = 'whole' | 'without-histograms' | 'figures';

export type EmbeddedResult = {
  readonly content: EmbeddedContent;
  /** Base64 of the JSON, compressed by gzip. */
  readonly base64: string;
};

type Replacer = (key: string, value: unknown) => unknown;

/** What follows from the trials, or is only drawn. */
const DISPENSABLE = new Set(['timeline', 'connectionsOverTime', 'comparisons', 'verdicts']);

const withoutHistograms: Replacer = (key, value) => (key === 'hdr' ? '' : value);

/** Five significant digits: a histogram has three. */
const rounded = (value: unknown) =>
  typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(5)) : value;

const TIERS: readonly (readonly [EmbeddedContent, Replacer])[] = [
  ['whole', (_, value) => value],
  ['without-histograms', withoutHistograms],
  [
    'figures',
    (key, value) => (DISPENSABLE.has(key) && Array.isArray(value) ? [] : rounded(withoutHistograms(key, value))),
  ],
];

/**
 * The result as the page carries it, so that the one file can be sent around, compared with another and saved as JSON again:
 * the most of it that fits, and where nothing does the least.
 *
 * @param roomBytes that the page has left
 */
export function embedResult(result: RunResult, roomBytes: number): EmbeddedResult {
  let least: EmbeddedResult | null = null;
  for (const [content, replacer] of TIERS) {
    const base64 = gzipSync(JSON.stringify(result, replacer), { level: 9 }).toString('base64');
    least = { content, base64 };
    if (base64.length <= roomBytes) break;
  }
  return least ?? { content: 'whole', base64: '' };
}
