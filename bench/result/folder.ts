// The folder of past runs: where a new one goes, and where a named one is.
import {
  lstat,
  mkdir,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  rmdir,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { PushbenchError } from '../basics/errors.ts';
import { quote } from '../basics/shown.ts';

const LATEST = 'latest';
export const RESULT_FILE = 'result.json';
export const JOURNAL_FILE = 'journal.ndjson';
export const REPORT_FILE = 'report.html';
export const INDEX_FILE = 'index.html';
export const CAPACITY_FILE = 'capacity.json';
export const CAPACITY_JOURNAL = 'capacity.ndjson';

/** What a report can show, by the file that holds it, the most telling one first. */
const SHOWN = [
  [RESULT_FILE, 'result'],
  [JOURNAL_FILE, 'journal'],
  [CAPACITY_FILE, 'search'],
  [CAPACITY_JOURNAL, 'search'],
] as const;

/** The name of a run that starts at that time: sorts by time and is a valid file name everywhere. */
export function runId(startedAt: Date): string {
  return startedAt.toISOString().slice(0, 19).replaceAll(':', '-');
}

/**
 * Looks whether a run may write to a folder: new, or empty.
 *
 * @throws {PushbenchError} `usage` where something stands there already, which is never touched
 */
export async function checkNewDirectory(directory: string): Promise<void> {
  const found = await readdir(directory).catch((error: NodeJS.ErrnoException): string[] | null => {
    if (error.code === 'ENOENT') return [];
    // what is not a folder; whether it can be written at all is for preflight to judge
    if (error.code === 'ENOTDIR' || error.code === 'EACCES') return null;
    throw error;
  });
  if (found === null) {
    const isFile = await stat(directory).then(
      (there) => !there.isDirectory(),
      () => false,
    );
    if (isFile) throw taken(directory, 'is a file');
    return;
  }
  if (SHOWN.some(([file]) => found.includes(file))) throw taken(directory, 'holds the result of another run');
  if (found.length > 0) throw taken(directory, `is not empty (${found.length} entries)`);
}

function taken(directory: string, what: string): PushbenchError {
  return new PushbenchError(
    'usage',
    'OUT_TAKEN',
    `--out ${directory}: ${what} and is left as it is; allowed: a new or an empty folder. Nothing was started.`,
  );
}

/** A folder that was made for a run. */
export type RunDirectory = {
  path: string;
  /** Of the run: below the results the folder's own name. */
  id: string;
  /** Takes back what was made, as far as it is still empty: after a run that could not start. */
  discard: () => Promise<void>;
};

/**
 * Makes the folder of a run. Without `out` it is a new one below the results, with a number added to its name where two
 * runs start in the same second.
 *
 * @throws {PushbenchError} `resource` where it cannot be made
 */
export async function makeDirectory(root: string, out: string | undefined, startedAt: Date): Promise<RunDirectory> {
  const path = out ?? join(root, runId(startedAt));
  try {
    if (out !== undefined) return directoryOf(out, runId(startedAt), await mkdir(out, { recursive: true }));
    const firstMade = await mkdir(root, { recursive: true });
    for (let number = 1; ; number++) {
      const candidate = number === 1 ? path : `${path}-${number}`;
      try {
        await mkdir(candidate);
        return directoryOf(candidate, basename(candidate), firstMade ?? candidate);
      } catch (error) {
        if (errorCode(error) !== 'EEXIST' || number >= 1000) throw error;
      }
    }
  } catch (error) {
    throw new PushbenchError(
      'resource',
      'NOT_WRITABLE',
      `cannot make the folder ${path} (${errorCode(error)}). Choose another one with --out DIR. Nothing was started.`,
      { cause: error },
    );
  }
}

function directoryOf(path: string, id: string, firstMade: string | undefined): RunDirectory {
  const discard = async () => {
    if (firstMade === undefined) return;
    const top = resolve(firstMade);
    for (let folder = resolve(path); folder.length >= top.length; folder = dirname(folder)) {
      const gone = await rmdir(folder).then(
        () => true,
        () => false, // something was written: it stays
      );
      if (!gone) return;
    }
  };
  return { path, id, discard };
}

/**
 * Lets `latest` stand for a run of the results folder: a symbolic link, replaced in one step, or, where the system allows
 * none, a file that holds the name.
 */
export async function pointLatest(root: string, directory: string): Promise<void> {
  const name = relative(root, directory);
  const link = join(root, LATEST);
  const beside = join(root, `.${LATEST}-${process.pid}`);
  await rm(beside, { force: true });
  try {
    await symlink(name, beside, 'dir').catch(() => writeFile(beside, `${name}\n`));
    await rename(beside, link);
  } finally {
    await rm(beside, { force: true });
  }
}

/** Where a result, its journal, or a capacity search is: its folder, and the file that was named or found. */
type Found<Kind> = { directory: string; file: string; kind: Kind };
export type FoundResult = Found<'result'> | Found<'journal'>;

/** Where a name or a path that was typed is looked for: where the user stands, then below the past runs. */
export type Places = {
  /** Where the user stands: what the paths that are typed are relative to. */
  readonly cwd: string;
  /** The folder of the past runs. */
  readonly results: string;
};

/**
 * Finds the result of a run; see {@link findShown}.
 *
 * @throws {PushbenchError} `usage`, naming the place that was looked at; also where a capacity search is there
 */
export async function findResult(given: string, places: Places): Promise<FoundResult> {
  const found = await findShown(given, places);
  if (found.kind !== 'search') return found;
  throw notFound(
    given,
    `is a capacity search, not a run; its answers: npm run bench -- capacity --from ${quote(given)}`,
  );
}

/**
 * Finds what a report can show by what a person types: a folder, its result.json, journal.ndjson, capacity.json or
 * capacity.ndjson, the name of a run, or `latest`.
 *
 * @throws {PushbenchError} `usage`, naming the place that was looked at
 */
export async function findShown(given: string, places: Places): Promise<FoundResult | Found<'search'>> {
  const { cwd, results: root } = places;
  const path = (await existing(resolve(cwd, given))) ?? (await existing(join(root, given)));
  if (path === null) {
    const places = `${resolve(cwd, given)}${basename(given) === given ? ` and ${join(root, given)}` : ''}`;
    throw notFound(given, `nothing is there (looked at ${places}); past runs: npm run bench -- list`);
  }
  const there = await lstat(path);
  if (there.isFile()) {
    if (basename(path) === LATEST) return findShown((await readFile(path, 'utf8')).trim(), places);
    const [, kind] = SHOWN.find(([name]) => name === basename(path)) ?? [];
    const directory = dirname(path);
    // a journal that was named itself must not take the place of a result that is there
    if (kind === 'journal' && existsSync(join(directory, RESULT_FILE))) {
      throw notFound(
        given,
        `beside it stands a ${RESULT_FILE}, which is more; name the folder ${directory}, or move ${RESULT_FILE} away`,
      );
    }
    if (kind !== undefined) return { directory, file: path, kind };
    throw notFound(
      given,
      `is a file of another name; allowed: a folder, a ${RESULT_FILE}, a ${JOURNAL_FILE} or a ${CAPACITY_FILE}`,
    );
  }
  for (const [name, kind] of SHOWN) {
    const file = join(path, name);
    if (existsSync(file)) return { directory: path, file, kind };
  }
  throw notFound(given, `neither ${RESULT_FILE} nor ${JOURNAL_FILE} is in ${path}; past runs: npm run bench -- list`);
}

function notFound(given: string, what: string): PushbenchError {
  return new PushbenchError('usage', 'NO_RESULT', `${given}: ${what}.`);
}

/** The path without symbolic links; null where nothing is. */
function existing(path: string): Promise<string | null> {
  return realpath(path).catch(() => null);
}

/** The errno code of a system's error, else its message. */
export function errorCode(error: unknown): string {
  if (error instanceof Error) return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
  return String(error);
}

/** That the page of past runs is not what it should be; nothing else is wrong then. */
export function indexProblem({ path, problem }: { path: string; problem: string | null }, cwd: string): string {
  return `${shownPath(path, cwd)} was not written: ${problem}`;
}

/** A path as it is shown and typed: relative to the working folder where that is shorter. */
export function shownPath(path: string, cwd: string): string {
  const short = relative(cwd, path);
  return short !== '' && short.length < path.length ? short : path;
}
