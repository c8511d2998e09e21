import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { Type, type Static, type TSchema } from 'typebox';
import { PushbenchError } from '../basics/errors.ts';
import { isJson } from './json-text.ts';
import { RunResult } from './schema.ts';
import { assertSchema, writeFailure } from './store.ts';

/** What a run knows before its first trial: the first line of its journal. */
export const JournalHead = Type.Pick(RunResult, ['schemaVersion', 'run', 'plan', 'environment', 'micro'], {
  additionalProperties: false,
});
export type JournalHead = Static<typeof JournalHead>;

/**
 * The file to which a run adds each trial as it ends, or a search each step, flushed to disk: whatever happens afterwards
 * loses at most what was running. One JSON document a line: the head ({@link JournalHead} of a run), then what was added.
 */
export class Journal<Head, Line> {
  readonly #path: string;
  readonly #file: number;

  /**
   * Creates the file, which must not exist yet.
   *
   * @throws PushbenchError (usage) where another run writes there, (resource) where it cannot be written
   */
  constructor(path: string, head: Head) {
    this.#path = path;
    try {
      this.#file = openSync(path, 'ax');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw writeFailure(path, error);
      throw new PushbenchError(
        'usage',
        'OUT_TAKEN',
        `${dirname(path)}: another run writes there (${path} exists) and is left alone; choose a new folder with --out DIR`,
        { cause: error },
      );
    }
    try {
      this.#append(head);
    } catch (error) {
      this.discard();
      throw error;
    }
  }

  /** @throws PushbenchError (resource) where it cannot be written; the lines before stay whole */
  add(line: Line): void {
    this.#append(line);
  }

  close(): void {
    closeSync(this.#file);
  }

  /** Closes and removes it: the run has nothing to keep. */
  discard(): void {
    this.close();
    rmSync(this.#path);
  }

  #append(line: unknown): void {
    const { size } = fstatSync(this.#file);
    try {
      writeFileSync(this.#file, `${JSON.stringify(line)}\n`);
      fsyncSync(this.#file);
    } catch (error) {
      ftruncateSync(this.#file, size);
      throw writeFailure(this.#path, error);
    }
  }
}

/**
 * What a journal holds. A last line that is not whole, as a crash in the middle of writing leaves it, or a power failure that
 * fills it with zeros, is left out.
 *
 * @throws PushbenchError (usage) where the file is missing, its first line is not whole, or a line in between is broken
 */
export function readJournal<Head extends TSchema, Line extends TSchema>(
  path: string,
  headSchema: Head,
  lineSchema: Line,
): { head: Static<Head>; lines: Static<Line>[] } {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new PushbenchError('usage', 'NO_JOURNAL', `cannot read ${path}: ${(error as Error).message}`, {
      cause: error,
    });
  }
  const lines = text.split('\n');
  lines.pop(); // behind the last line end there is nothing, or a line that was not finished
  if (lines.length > 1 && !isJson(lines.at(-1)!)) lines.pop();
  const [head, ...rest] = lines.map((line, index) => parseLine(line, index, path));
  if (head === undefined) throw new PushbenchError('usage', 'JOURNAL_EMPTY', `${path} holds no whole line`);
  assertSchema(headSchema, head, `${path} line 1`, 'usage');
  rest.forEach((line, index) => assertSchema(lineSchema, line, `${path} line ${index + 2}`, 'usage'));
  return { head: head as Static<Head>, lines: rest as Static<Line>[] };
}

function parseLine(line: string, index: number, path: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw new PushbenchError(
      'usage',
      'JOURNAL_LINE',
      `${path} line ${index + 1} is not JSON (${(error as Error).message}); remove that line to use the others`,
      { cause: error },
    );
  }
}
