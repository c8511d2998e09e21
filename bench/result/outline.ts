import type { RunResult } from './schema.ts';

/** Where the trials stand in a result file as it is written; within a JSON string the quotes would be escaped. */
const TRIALS = ',"trials":[';
const AFTER_TRIALS = '],"cells":[';

/**
 * Reads of a result file what describes the run and sums it up. The trials are most of the file, tens of megabytes after a
 * long sweep: where the file says how they were judged, they are left out unparsed.
 *
 * @param file what the result file holds
 * @returns the result, not checked against the schema; its `trials` are empty where it has a `judgement`
 * @throws {SyntaxError} where it is not JSON
 */
export function outlineOf(file: Buffer): RunResult {
  const from = file.indexOf(TRIALS);
  const to = file.lastIndexOf(AFTER_TRIALS);
  if (from >= 0 && to >= from) {
    const text = file.toString('utf8', 0, from + TRIALS.length) + file.toString('utf8', to);
    const outline = JSON.parse(text) as RunResult;
    if (outline.judgement) return outline;
  }
  const whole = JSON.parse(file.toString()) as RunResult;
  return whole?.judgement ? { ...whole, trials: [] } : whole;
}
