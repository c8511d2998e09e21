import { gzipSync } from 'node:zlib';
import { rounded } from '../bench/basics/numbers.ts';
import type { RunResult } from '../bench/result/schema.ts';

export type EmbeddedResult = {
  /** All of it, or the figures, which hold to the schema of results as well. */
  readonly content: 'whole' | 'figures';
  /** Base64 of the JSON, compressed by gzip. */
  readonly base64: string;
};

/** What may be left out altogether. */
const OPTIONAL = new Set(['loadLatencyUs']);

/** What follows from the trials, or is only drawn. */
const DISPENSABLE = new Set(['timeline', 'connectionsOverTime', 'comparisons', 'verdicts']);

/** Without histograms and what is dispensable; of fractions five significant digits, since a histogram has three. */
function figuresOnly(key: string, value: unknown): unknown {
  if (OPTIONAL.has(key)) return undefined;
  if (key === 'hdr') return '';
  if (DISPENSABLE.has(key) && Array.isArray(value)) return [];
  return typeof value === 'number' && !Number.isInteger(value) ? rounded(value, 5) : value;
}

const packed = (json: string) => gzipSync(json, { level: 9 }).toString('base64');

/**
 * The result as the page carries it, so that the one file can be sent around, compared with another and saved as JSON again:
 * all of it where it fits, else its figures.
 *
 * @param roomBytes that the page has left
 */
export function embedResult(result: RunResult, roomBytes: number): EmbeddedResult {
  const whole = packed(JSON.stringify(result));
  if (whole.length <= roomBytes) return { content: 'whole', base64: whole };
  return { content: 'figures', base64: packed(JSON.stringify(result, figuresOnly)) };
}
