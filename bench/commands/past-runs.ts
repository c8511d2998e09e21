import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { trialCounts } from '../terminal/outcome.ts';
import type { RunResult } from '../result/schema.ts';
import type { CapacityResult } from '../capacity/schema.ts';
import { CAPACITY_FILE, CAPACITY_JOURNAL, errorCode, JOURNAL_FILE, RESULT_FILE } from './results.ts';

/** Kept equal to the schema's own by its type: the schema itself is slow to load. */
const SCHEMA_VERSION: RunResult['schemaVersion'] = 1;

/** A past run as `list` shows it; a folder that holds none says why. */
export type PastRun =
  | {
      kind: 'run';
      id: string;
      startedAt: string;
      label: string;
      status: 'complete' | 'interrupted';
      cells: number;
      trials: number;
      valid: number;
      invalid: number;
      /** Of each transport's first cell: the median over its trials, in microseconds; null without a figure. */
      p99Us: { transport: string; value: number | null }[];
    }
  | { kind: 'capacity'; id: string; startedAt: string; status: 'complete' | 'interrupted'; answers: string[] }
  | { kind: 'journal'; id: string; problem: string }
  | { kind: 'broken'; id: string; problem: string };

/** The runs below a folder, newest first; those that cannot be read come last. A folder that is not there holds none. */
export async function readRuns(root: string): Promise<PastRun[]> {
  const entries = await readdir(root, { withFileTypes: true }).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  });
  // a link, as latest is, would show its run twice
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  const runs: PastRun[] = [];
  // one after the other: a result may be megabytes of JSON
  for (const name of names) runs.push(await readRun(root, name));
  const time = (run: PastRun) => ('startedAt' in run ? run.startedAt : '');
  return runs.toSorted((a, b) => time(b).localeCompare(time(a)) || b.id.localeCompare(a.id));
}

async function readRun(root: string, id: string): Promise<PastRun> {
  const directory = join(root, id);
  try {
    return pastRun(id, JSON.parse(await readFile(join(directory, RESULT_FILE), 'utf8')) as unknown);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') return { kind: 'broken', id, problem: `${RESULT_FILE}: ${errorCode(error)}` };
  }
  const files = await readdir(directory).catch((): string[] => []);
  if (files.includes(CAPACITY_FILE)) return readSearch(directory, id);
  if (files.includes(CAPACITY_JOURNAL)) {
    return { kind: 'journal', id, problem: `not finished; what it knows: npm run bench -- capacity --from ${id}` };
  }
  return files.includes(JOURNAL_FILE)
    ? { kind: 'journal', id, problem: `not finished; rebuild it: npm run bench -- report ${id}` }
    : { kind: 'broken', id, problem: `no ${RESULT_FILE}` };
}

async function readSearch(directory: string, id: string): Promise<PastRun> {
  try {
    const content = JSON.parse(
      await readFile(join(directory, CAPACITY_FILE), 'utf8'),
    ) as Partial<CapacityResult> | null;
    const { run, answers } = content ?? {};
    if (run === undefined || !Array.isArray(answers)) throw new Error('not a capacity search of pushbench');
    const { startedAt, status } = run;
    return { kind: 'capacity', id, startedAt, status, answers: answers.map(({ sentence }) => sentence) };
  } catch (error) {
    return { kind: 'broken', id, problem: `${CAPACITY_FILE}: ${errorCode(error)}` };
  }
}

/**
 * Picks what a line shows. The whole schema is not checked: a list must be quick, and what is missing shows here as well.
 *
 * @throws {Error} saying what is not as it should be
 */
function pastRun(id: string, content: unknown): PastRun {
  const result = content as Partial<RunResult> | null;
  if (typeof result !== 'object' || result === null) throw new Error('not a result');
  const version: unknown = result.schemaVersion;
  if (typeof version === 'number' && version > SCHEMA_VERSION)
    throw new Error(`written by a newer pushbench (schema ${version})`);
  if (version !== SCHEMA_VERSION) throw new Error('not a result of pushbench');
  const { run, trials, cells } = result;
  if (!run || !Array.isArray(trials) || !Array.isArray(cells)) throw new Error('incomplete');
  const p99Us: { transport: string; value: number | null }[] = [];
  for (const { cell, metrics } of cells) {
    if (p99Us.some((figure) => figure.transport === cell.transport)) continue;
    p99Us.push({ transport: cell.transport, value: metrics['p99']?.median ?? null });
  }
  return {
    kind: 'run',
    id,
    startedAt: run.startedAt,
    label: run.label,
    status: run.status,
    cells: cells.length,
    ...trialCounts(trials),
    p99Us,
  };
}
