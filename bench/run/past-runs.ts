import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CapacityResult } from '../result/capacity-schema.ts';
import { PushbenchError } from '../basics/errors.ts';
import { quote } from '../basics/shown.ts';
import { loadKey, loadOf, sameLoad } from '../result/cell.ts';
import type { CellSummary, LoadLevel, PairVerdict, RankingVerdict, RunResult, Verdict } from '../result/schema.ts';
import { judgement } from '../judge/judgement.ts';
import { withoutLoad } from '../judge/verdict-words.ts';
import { CAPACITY_FILE, CAPACITY_JOURNAL, errorCode, JOURNAL_FILE, RESULT_FILE } from '../result/folder.ts';
import { enumerate } from '../basics/amounts.ts';

/** Kept equal to the schema's own by its type: the schema itself is slow to load. */
const SCHEMA_VERSION: RunResult['schemaVersion'] = 1;

/** A run below the folder of results; a folder that holds none says why. */
export type FoundRun = { kind: 'run'; id: string; outline: RunResult } | PastSearch | NoRun;

/** A capacity search, whose answers are all that lists show. */
type PastSearch = {
  kind: 'capacity';
  id: string;
  startedAt: string;
  status: CapacityResult['run']['status'];
  answers: string[];
};

type NoRun = { kind: 'journal' | 'broken'; id: string; problem: string };

/** A past run as `list` shows it. */
export type PastRun =
  | {
      kind: 'run';
      id: string;
      startedAt: string;
      label: string;
      status: RunResult['run']['status'];
      /** As the report's badge says it: `invalid` without any trial that counts, `valid` where all are and none is missing. */
      standing: 'valid' | 'caution' | 'invalid';
      planned: number;
      trials: number;
      valid: number;
      caution: number;
      invalid: number;
      /** Of the first cell; figures and verdict are for it. */
      load: LoadLevel;
      loads: number;
      p99Us: P99[];
      verdict: string;
    }
  | PastSearch
  | NoRun;

/** Median over the trials of a cell with its interval, in microseconds; null without a figure, bounds also with few trials. */
export type P99 = {
  transport: string;
  pollIntervalMs: number | null;
  value: number | null;
  low: number | null;
  high: number | null;
};

/**
 * The runs below a folder, newest first; those that cannot be read come last.
 *
 * @returns null where the folder is not there
 * @throws {PushbenchError} `resource` where it cannot be read
 */
export async function findRuns(root: string): Promise<FoundRun[] | null> {
  const entries = await readdir(root, { withFileTypes: true }).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return null;
    throw new PushbenchError('resource', 'NOT_READABLE', `cannot read the folder ${root} (${errorCode(error)})`, {
      cause: error,
    });
  });
  if (entries === null) return null;
  // a link, as latest is, would show its run twice
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  const runs: FoundRun[] = [];
  // one after the other: a result may be megabytes
  for (const name of names) runs.push(await findRun(root, name));
  const time = (run: FoundRun) =>
    run.kind === 'run' ? run.outline.run.startedAt : run.kind === 'capacity' ? run.startedAt : '';
  return runs.toSorted((a, b) => time(b).localeCompare(time(a)) || b.id.localeCompare(a.id));
}

async function findRun(root: string, id: string): Promise<FoundRun> {
  const directory = join(root, id);
  const files = await readdir(directory).catch(errorCode);
  if (typeof files === 'string') return { kind: 'broken', id, problem: `cannot be read (${files})` };
  if (files.includes(CAPACITY_FILE)) return readSearch(directory, id);
  if (files.includes(CAPACITY_JOURNAL)) {
    const tell = `npm run bench -- capacity --from ${quote(id)}`;
    return { kind: 'journal', id, problem: `a search, still running or cut short; what it knows: ${tell}` };
  }
  const rebuild = `npm run bench -- report ${quote(id)}`;
  const hasJournal = files.includes(JOURNAL_FILE);
  if (!files.includes(RESULT_FILE)) {
    return hasJournal
      ? { kind: 'journal', id, problem: `still running, or cut short; then ${rebuild} rebuilds it` }
      : { kind: 'broken', id, problem: `no ${RESULT_FILE}` };
  }
  try {
    const content = JSON.parse(await readFile(join(directory, RESULT_FILE), 'utf8')) as RunResult;
    checkOutline(content);
    // the trials are most of it, and are only needed where an older file does not say how they were judged
    return { kind: 'run', id, outline: content.judgement ? { ...content, trials: [] } : content };
  } catch (error) {
    const remedy = hasJournal ? `; its journal is there: move ${RESULT_FILE} away, then ${rebuild} rebuilds it` : '';
    return { kind: 'broken', id, problem: `${RESULT_FILE}: ${errorCode(error)}${remedy}` };
  }
}

async function readSearch(directory: string, id: string): Promise<PastSearch | NoRun> {
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
 * Looks whether the parts are there that a list shows. The whole schema is not checked: a list must be quick.
 *
 * @throws {Error} saying what is not as it should be
 */
function checkOutline(content: unknown): void {
  const result = content as Partial<RunResult> | null;
  if (typeof result !== 'object' || result === null) throw new Error('not a result of pushbench');
  const version: unknown = result.schemaVersion;
  if (typeof version === 'number' && version > SCHEMA_VERSION)
    throw new Error(`written by a newer pushbench (schema ${version})`);
  if (version !== SCHEMA_VERSION) throw new Error('not a result of pushbench');
  const { run, plan, environment, transports, cells, verdicts } = result;
  const lists: unknown[] = [plan?.cells, plan?.order, transports, cells, verdicts];
  const isWhole =
    typeof run?.startedAt === 'string' &&
    typeof run.label === 'string' &&
    plan?.cells?.[0] !== undefined &&
    typeof plan.settings === 'object' &&
    typeof environment?.node === 'string' &&
    typeof environment.dependencies === 'object' &&
    typeof environment.sysctls === 'object' &&
    (result.judgement !== undefined || Array.isArray(result.trials)) &&
    lists.every(Array.isArray) &&
    cells?.every(({ cell, metrics }) => cell && metrics) === true &&
    transports?.every(({ colour, dash }) => colour && Array.isArray(dash)) === true;
  if (!isWhole) throw new Error('incomplete');
}

/** What a list shows of a run: its first load stands for it. */
export function pastRun(found: FoundRun): PastRun {
  if (found.kind !== 'run') return found;
  const { run, plan, cells, verdicts } = found.outline;
  const judged = found.outline.judgement ?? judgement(found.outline);
  const load = loadOf(plan.cells[0]!);
  return {
    kind: 'run',
    id: found.id,
    startedAt: run.startedAt,
    label: run.label,
    status: run.status,
    standing: judged.status,
    planned: judged.planned,
    trials: judged.trials,
    valid: judged.valid,
    caution: judged.cautions,
    invalid: judged.invalid,
    load,
    loads: new Set(plan.cells.map(loadKey)).size,
    p99Us: cells.filter(({ cell }) => sameLoad(cell, load)).map(p99Of),
    verdict: verdictInShort(verdicts.filter((verdict) => isOnLatency(verdict, load))),
  };
}

/** The p99 of delivery latency of a cell; none where no trial of it counts. */
export function p99Of({ cell, valid, metrics }: CellSummary): P99 {
  const { median = null, low = null, high = null } = (valid > 0 ? metrics['p99'] : undefined) ?? {};
  return { transport: cell.transport, pollIntervalMs: cell.pollIntervalMs, value: median, low, high };
}

function isOnLatency(verdict: Verdict, load: LoadLevel): boolean {
  return verdict.kind !== 'by-design' && verdict.question === 'latency' && sameLoad(verdict.load, load);
}

/** Who comes first, or how many do how against a baseline, in a few words: a list has no room for more. */
function verdictInShort(verdicts: readonly Verdict[]): string {
  const summary = verdicts.find(
    (verdict): verdict is RankingVerdict => verdict.kind === 'ranking' || verdict.kind === 'against',
  );
  if (summary === undefined) return 'nothing to compare';
  if (summary.outcome === 'withheld') {
    const sentence = withoutLoad(summary.sentence);
    return sentence.replace(/^no verdict on [^:]*/, 'no verdict').replace(/\.$/, '');
  }
  if (summary.kind === 'against') return againstInShort(summary.baseline ?? '', verdicts);
  const [first, ...others] = summary.tiers;
  if (first === undefined) return 'nothing to compare';
  const labels = first.competitors.map(({ label }) => label);
  if (others.length === 0) {
    return first.relation === 'equivalent' ? 'p99: all equivalent' : 'p99: cannot tell which is lowest';
  }
  if (first.relation === 'alone') return `p99 lowest with ${labels[0]}`;
  return first.relation === 'equivalent'
    ? `p99 lowest with ${enumerate(labels)} (equivalent)`
    : `p99 lowest with ${enumerate(labels, 'or')} (not told apart)`;
}

/** What a pair's outcome against a baseline is called. */
const AGAINST = {
  better: 'lower',
  equivalent: 'equivalent',
  worse: 'higher',
  'cannot-tell': 'not told',
  withheld: 'without',
} as const satisfies Record<PairVerdict['outcome'], string>;

/** `p99 against builtin: 3 lower, 1 higher`. */
function againstInShort(baseline: string, verdicts: readonly Verdict[]): string {
  const counts = Object.entries(AGAINST).flatMap(([outcome, word]) => {
    const count = verdicts.filter((verdict) => verdict.kind === 'pair' && verdict.outcome === outcome).length;
    return count === 0 ? [] : [`${count} ${word}`];
  });
  return `p99 against ${baseline}: ${counts.join(', ')}`;
}
