import type { RunResult } from '../../bench/result/schema.ts';
import { unpack } from '../unpack.ts';

/** The JSON of the result that this page was made from, as far as it carries it. */
export function embeddedJson(): Promise<string> {
  return unpack(document.getElementById('result')?.textContent ?? '');
}

/** The result that this page was made from; some of its histograms may be empty. */
export async function embeddedResult(): Promise<RunResult> {
  return JSON.parse(await embeddedJson()) as RunResult;
}
