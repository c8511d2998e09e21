import type { RunResult } from './schema.ts';

/** A result without its trials, of which only the judgements were counted, every attempt by itself. */
export type Outline = {
  /** Its `trials` are empty. Not checked against the schema. */
  readonly result: RunResult;
  readonly counts: Readonly<Record<Status, number>>;
};

type Status = RunResult['trials'][number]['validity']['status'];

/** Where the trials stand in a result file as it is written; within a JSON string the quotes would be escaped. */
const TRIALS = ',"trials":[';
const AFTER_TRIALS = '],"cells":[';
const JUDGED = Buffer.from('"validity":{"status":"');
/** First letters of the statuses, which are enough to tell them apart. */
const LETTERS = { v: 'valid', c: 'caution', i: 'invalid' } as const satisfies Record<string, Status>;

/**
 * Reads of a result file what describes the run and sums it up. The trials are most of the file, tens of megabytes after a
 * long sweep: they are looked through for how they were judged, but not parsed.
 *
 * @param file what the result file holds; one that was formatted anew is parsed whole
 * @throws {SyntaxError} where it is not JSON
 */
export function outlineOf(file: Buffer): Outline {
  const from = file.indexOf(TRIALS);
  const to = file.lastIndexOf(AFTER_TRIALS);
  if (from < 0 || to < from) {
    const result = JSON.parse(file.toString()) as RunResult | null;
    const trials = Array.isArray(result?.trials) ? result.trials : [];
    return {
      result: { ...result, trials: [] } as unknown as RunResult,
      counts: countsOf(trials.map(({ validity }) => validity.status)),
    };
  }
  const text = file.toString('utf8', 0, from + TRIALS.length) + file.toString('utf8', to);
  return { result: JSON.parse(text) as RunResult, counts: countsOf(statusesIn(file.subarray(from, to))) };
}

function countsOf(statuses: Iterable<Status>): Record<Status, number> {
  const counts = { valid: 0, caution: 0, invalid: 0 };
  for (const status of statuses) counts[status]++;
  return counts;
}

function* statusesIn(trials: Buffer): Generator<Status> {
  for (let at = trials.indexOf(JUDGED); at >= 0; at = trials.indexOf(JUDGED, at + JUDGED.length)) {
    const letter = String.fromCharCode(trials[at + JUDGED.length] ?? 0);
    if (letter in LETTERS) yield LETTERS[letter as keyof typeof LETTERS];
  }
}
