import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CAPACITY_FILE, CAPACITY_JOURNAL } from '../../result/folder.ts';
import { PushbenchError } from '../../basics/errors.ts';
import { readJournal } from '../../result/journal.ts';
import { assertSchema, writeAtomically } from '../../result/store.ts';
import { CapacityHead, CapacityResult, JournalStep } from '../../result/capacity-schema.ts';
import { composeResult } from './compose.ts';

/** Writes the result of a search as its file; it must hold to the schema, or nothing is written. */
export function writeCapacity(directory: string, result: CapacityResult): void {
  const path = join(directory, CAPACITY_FILE);
  assertSchema(CapacityResult, result, path, 'defect');
  writeAtomically(path, `${JSON.stringify(result)}\n`);
}

/**
 * The result of a search, derived again from the trials of its file, or of its journal where it was cut short.
 *
 * @throws PushbenchError (usage) where there is neither, or where one is broken or of another schema
 */
export function readCapacity(directory: string): CapacityResult {
  const path = join(directory, CAPACITY_FILE);
  if (existsSync(path)) {
    const value = parse(readFileSync(path, 'utf8'), path) as CapacityResult;
    assertSchema(CapacityResult, value, path, 'usage');
    const { schemaVersion, kind, run, search, environment, steps } = value;
    return composeResult({ schemaVersion, kind, run, search, environment }, steps);
  }
  const journal = join(directory, CAPACITY_JOURNAL);
  if (!existsSync(journal)) {
    const message = `${directory} holds neither ${CAPACITY_FILE} nor ${CAPACITY_JOURNAL}`;
    throw new PushbenchError('usage', 'NO_RESULT', message);
  }
  const { head, lines } = readJournal(journal, CapacityHead, JournalStep);
  return composeResult(head, lines);
}

function parse(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const { message } = error as Error;
    throw new PushbenchError('usage', 'NOT_JSON', `${name} is not whole JSON (${message})`, { cause: error });
  }
}
