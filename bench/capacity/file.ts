import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CAPACITY_FILE, CAPACITY_JOURNAL } from '../commands/results.ts';
import { PushbenchError } from '../errors.ts';
import { assertSchema, writeAtomically } from '../result/store.ts';
import { CapacityHead, CapacityResult, JournalStep } from './schema.ts';
import { composeResult } from './result.ts';

/** Writes the result of a search as its file; it must hold to the schema, or nothing is written. */
export function writeCapacity(directory: string, result: CapacityResult): void {
  const path = join(directory, CAPACITY_FILE);
  assertSchema(CapacityResult, result, path, 'defect');
  writeAtomically(path, `${JSON.stringify(result)}\n`);
}

/**
 * The result of a search, derived again from the trials of its file, or of its journal where it was cut short. A line of
 * the journal that was not finished is left out.
 *
 * @throws PushbenchError (usage) where there is neither, or where one is broken or of another schema
 */
export function readCapacity(directory: string): CapacityResult {
  const path = join(directory, CAPACITY_FILE);
  const whole = textOf(path);
  if (whole !== null) {
    const value = parse(whole, path) as CapacityResult;
    assertSchema(CapacityResult, value, path, 'usage');
    const { schemaVersion, kind, run, search, environment, steps } = value;
    return composeResult({ schemaVersion, kind, run, search, environment }, steps);
  }
  const journal = join(directory, CAPACITY_JOURNAL);
  const lines = textOf(journal)?.split('\n').slice(0, -1);
  if (lines === undefined || lines.length === 0) {
    throw new PushbenchError(
      'usage',
      'NO_RESULT',
      `${directory} holds neither ${CAPACITY_FILE} nor ${CAPACITY_JOURNAL}`,
    );
  }
  const [head, ...steps] = lines.map((line, index) => parse(line, `${journal} line ${index + 1}`));
  assertSchema(CapacityHead, head, `${journal} line 1`, 'usage');
  steps.forEach((step, index) => assertSchema(JournalStep, step, `${journal} line ${index + 2}`, 'usage'));
  return composeResult(head as CapacityHead, steps as JournalStep[]);
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

function parse(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const { message } = error as Error;
    throw new PushbenchError('usage', 'NOT_JSON', `${name} is not whole JSON (${message})`, { cause: error });
  }
}
