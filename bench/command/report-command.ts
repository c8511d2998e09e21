import { existsSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { RunResult } from '../result/schema.ts';
import { evaluateAssertions, resolveAssertions, type AssertionResult } from '../judge/assertion.ts';
import { EXIT, PushbenchError } from '../basics/errors.ts';
import { NO_DEFAULTS, parseFlags, throwMistakes } from './flags.ts';
import type { Command, Invocation, Surroundings } from './command.ts';
import { painter } from './terminal/style.ts';
import { visible } from '../basics/shown.ts';
import { findShown, indexProblem, JOURNAL_FILE, RESULT_FILE, shownPath, type FoundResult } from '../result/folder.ts';
import { sameCell } from '../result/cell.ts';
import { assertionLines } from './terminal/verdicts.ts';

/** What the command works with; a test brings its own. */
export type ReportCollaborators = {
  /** Reads and checks a result file. @throws {PushbenchError} `usage`, naming the place */
  readResult: (file: string) => RunResult;
  /** Rebuilds a result, marked interrupted, from the whole lines of a journal. @throws {PushbenchError} `usage` */
  resultFromJournal: (file: string) => RunResult;
  writeResult: (file: string, result: RunResult) => void;
  /** @returns the path of the report. @throws {PushbenchError} `defect` */
  renderReport: (directory: string) => Promise<string>;
  /** Shows the past runs below the folder of results. */
  renderIndex: (root: string) => Promise<{ path: string; problem: string | null }>;
  /** @returns null, or a sentence that says why it was not opened */
  openFile: (path: string) => Promise<string | null>;
};

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
  execute: async (invocation, surroundings) => executeReport(invocation, surroundings, await collaborators()),
};

/** @returns the exit code: done, or assertion. @throws {PushbenchError} `usage` where there is no sound result, `defect` where rendering fails */
export async function executeReport(
  { values, operands, mistakes }: Invocation,
  surroundings: Surroundings,
  { readResult, resultFromJournal, writeResult, renderReport, renderIndex, openFile }: ReportCollaborators,
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
    const result = found.kind === 'journal' ? resultFromJournal(found.file) : checkedResult(found, readResult);
    const { resolved, mistakes: unresolved } = resolveAssertions(options.assertions, result.plan.cells);
    throwMistakes(unresolved);
    asserted = evaluateAssertions(resolved, (cell) => result.cells.find((each) => sameCell(each.cell, cell)));
    if (found.kind === 'journal') {
      writeResult(file, result);
      stderr.write(`rebuilt from the journal: ${result.trials.length} trials\n`);
    }
  }
  const report = await renderReport(found.directory);
  // found folders are without links
  if (dirname(found.directory) === (await realpath(root).catch(() => null))) {
    const index = await renderIndex(root);
    if (index.problem !== null) stderr.write(`${indexProblem(index, cwd)}\n`);
  }
  if (options.json) {
    stdout.write(`${JSON.stringify({ result: file, report, assertions: asserted })}\n`);
  } else {
    const lines = [`Report:  ${visible(shownPath(report, cwd))}`, ...assertionLines(asserted, painter(false))];
    stdout.write(`${lines.join('\n')}\n`);
  }
  if (options.open) {
    const problem = await openFile(report);
    if (problem !== null) stderr.write(`${visible(problem)}\n`);
  }
  return asserted.every(({ passed }) => passed) ? EXIT.done.code : EXIT.assertion.code;
}

/** Damage of a result that its journal does not share. */
const REBUILDABLE: ReadonlySet<string> = new Set(['RESULT_NOT_JSON', 'SCHEMA']);

/** Says of a damaged result what can be done, where its journal is still there. */
export function checkedResult(
  { directory, file }: FoundResult,
  readResult: ReportCollaborators['readResult'],
): RunResult {
  try {
    return readResult(file);
  } catch (error) {
    const hasJournal = existsSync(join(directory, JOURNAL_FILE));
    if (!(error instanceof PushbenchError) || !REBUILDABLE.has(error.code) || !hasJournal) throw error;
    const remedy = `Its journal is there: move ${RESULT_FILE} away and repeat the command, which rebuilds it.`;
    throw new PushbenchError(error.reason, error.code, `${error.message}. ${remedy}`, { cause: error });
  }
}

async function collaborators(): Promise<ReportCollaborators> {
  const [store, journal, render, index, open] = await Promise.all([
    import('../result/store.ts'),
    import('../run/assemble.ts'),
    import('./render-report.ts'),
    import('./render-index.ts'),
    import('./open-file.ts'),
  ]);
  return {
    readResult: store.readResult,
    writeResult: store.writeResult,
    resultFromJournal: journal.resultFromJournal,
    renderReport: render.renderReport,
    renderIndex: index.renderIndex,
    openFile: open.openFile,
  };
}
