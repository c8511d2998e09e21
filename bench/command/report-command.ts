import { existsSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { RunResult } from '../result/schema.ts';
import { evaluateAssertions, resolveAssertions, type AssertionResult } from '../judge/assertion.ts';
import { EXIT, PushbenchError } from '../basics/errors.ts';
import { NO_DEFAULTS } from './flag-table.ts';
import { parseFlags, throwMistakes } from './read-flags.ts';
import type { Command, Invocation, Surroundings } from './command.ts';
import { painter } from './terminal/style.ts';
import { visible } from '../basics/shown.ts';
import {
  findResult,
  findShown,
  JOURNAL_FILE,
  RESULT_FILE,
  shownPath,
  type FoundResult,
  type Places,
} from '../result/folder.ts';
import { openReport, RENDERING, refreshIndex, type Rendering } from './collaborators.ts';
import { sameCell } from '../result/cell.ts';
import { assertionLines } from './terminal/verdicts.ts';

/** How results are read and kept; the schema is slow to load: only where it is needed. */
const KEEPING = {
  readResult: async (file: string) => (await import('../result/store.ts')).readResult(file),
  resultFromJournal: async (file: string) => (await import('../run/assemble.ts')).resultFromJournal(file),
  writeResult: async (file: string, result: RunResult) =>
    (await import('../result/store.ts')).writeResult(file, result),
};

/** What the command works with; a test brings its own. */
export type ReportCollaborators = Rendering & typeof KEEPING;

/** Renders a result or a capacity search again; of an interrupted one, from its journal. */
export const reportCommand: Command = {
  name: 'report',
  summary: "renders a run, a capacity search, or an interrupted one's journal, again",
  operands: ['DIR'],
  flags: ['assertions', 'open', 'json'],
  examples: [
    ['report latest --open', 'the last run, in the browser'],
    ['report results/2026-01-31-12-00-00', 'the run in that folder'],
    ["report latest --assert 'sse.p99<50ms'", 'exit 4 where that does not hold'],
  ],
  execute: async (invocation, surroundings) => executeReport(invocation, surroundings, { ...RENDERING, ...KEEPING }),
};

/** @returns the exit code: done, or assertion. @throws {PushbenchError} `usage` where there is no sound result, `defect` where rendering fails */
export async function executeReport(
  { values, operands, mistakes }: Invocation,
  surroundings: Surroundings,
  collaborators: ReportCollaborators,
): Promise<number> {
  const options = parseFlags(['assertions', 'open', 'json'], values, NO_DEFAULTS, mistakes);
  const { stdout, stderr, cwd, results: root } = surroundings;
  const [given] = operands;
  if (given === undefined) throw new PushbenchError('usage', 'NO_RESULT', 'report: DIR is missing');

  const found = await findShown(given, surroundings);
  const file = found.kind === 'search' ? found.file : join(found.directory, RESULT_FILE);
  let asserted: AssertionResult[] = [];
  if (found.kind === 'search') {
    // the renderer derives the answers itself, also from a journal
    if (options.assertions.length > 0) throwMistakes([`--assert: ${given} is a capacity search, which has no cells`]);
  } else {
    const result = await resultOf(found, collaborators);
    const { resolved, mistakes: unresolved } = resolveAssertions(options.assertions, result.plan.cells);
    throwMistakes(unresolved);
    asserted = evaluateAssertions(resolved, (cell) => result.cells.find((each) => sameCell(each.cell, cell)));
    if (found.kind === 'journal') {
      await collaborators.writeResult(file, result);
      stderr.write(`rebuilt from the journal: ${result.trials.length} trials\n`);
    }
  }
  const report = await collaborators.renderReport(found.directory);
  // found folders are without links
  if (dirname(found.directory) === (await realpath(root).catch(() => null)))
    await refreshIndex(collaborators, surroundings);
  if (options.json) {
    stdout.write(`${JSON.stringify({ result: file, report, assertions: asserted })}\n`);
  } else {
    const lines = [`Report:  ${visible(shownPath(report, cwd))}`, ...assertionLines(asserted, painter(false))];
    stdout.write(`${lines.join('\n')}\n`);
  }
  await openReport(collaborators, surroundings, options.open, report);
  return asserted.every(({ passed }) => passed) ? EXIT.done.code : EXIT.assertion.code;
}

/** Damage of a result that its journal does not share. */
const REBUILDABLE: ReadonlySet<string> = new Set(['RESULT_NOT_JSON', 'SCHEMA']);

/** The result that was found. Says of a damaged one what can be done, where its journal is still there. */
async function resultOf(
  { directory, file, kind }: FoundResult,
  { readResult, resultFromJournal }: typeof KEEPING,
): Promise<RunResult> {
  if (kind === 'journal') return resultFromJournal(file);
  try {
    return await readResult(file);
  } catch (error) {
    const hasJournal = existsSync(join(directory, JOURNAL_FILE));
    if (!(error instanceof PushbenchError) || !REBUILDABLE.has(error.code) || !hasJournal) throw error;
    const remedy = `Its journal is there: move ${RESULT_FILE} away and repeat the command, which rebuilds it.`;
    throw new PushbenchError(error.reason, error.code, `${error.message}. ${remedy}`, { cause: error });
  }
}

/** Reads the result that was named. @throws {PushbenchError} `usage` */
export async function readRun(given: string, places: Places): Promise<{ file: string; result: RunResult }> {
  const found = await findResult(given, places);
  return { file: found.file, result: await resultOf(found, KEEPING) };
}
