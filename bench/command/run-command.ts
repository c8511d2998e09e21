import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  evaluateAssertions,
  resolveAssertions,
  type AssertionResult,
  type ResolvedAssertion,
} from '../judge/assertion.ts';
import { resolveAddress, type Address } from '../machine/address.ts';
import { EXIT_BY_SIGNAL } from '../../server/stop-signals.ts';
import { EXIT } from '../basics/errors.ts';
import { pinNotes } from './contradictions.ts';
import { flagTable, RUN_FLAGS } from './flag-table.ts';
import { parseRunOptions, repeatCommand, throwMistakes } from './read-flags.ts';
import type { RunOptions } from '../run/options.ts';
import { quote } from '../basics/shown.ts';
import {
  filesNeeded,
  networkProblems,
  preflightNotes,
  preflightProblems,
  throwProblems,
  type Needs,
} from '../run/preflight.ts';
import type { Plan, RunResult } from '../result/schema.ts';
import type { RunRequest } from '../run/run-plan.ts';
import { isUnwritten } from '../run/unwritten-run.ts';
import { attachedTexts } from '../judge/attached.ts';
import { judgement } from '../judge/judgement.ts';
import { runOutcome, warningsOf } from './terminal/run-outcome.ts';
import { planLines } from './terminal/dry-run.ts';
import { reachOf } from '../judge/fewest-blocks.ts';
import { tooFewBlocksText } from './terminal/reach-words.ts';
import { openProgress, progressKind } from './terminal/progress.ts';
import { painter, wantsColor } from './terminal/style.ts';
import { MAX_SUMMARY_COLUMNS, summaryLines } from './terminal/summary.ts';
import { COLLABORATORS, inNewFolder, openReport, refreshIndex, readyPlan, withAddresses } from './collaborators.ts';
import { readEnvironment } from '../machine/environment.ts';
import { createPlan, estimate } from '../run/plan.ts';
import { windowTicks } from '../trial/window.ts';
import type { Command, Invocation, Surroundings } from './command.ts';
import { checkNewDirectory, errorCode, pointLatest, RESULT_FILE, runId, shownPath } from '../result/folder.ts';
import { stopOnSignal } from './signals.ts';
import { librariesWithoutAddress } from '../agent/index.ts';
import { sameCell } from '../result/cell.ts';
import { assertionLines } from './terminal/verdicts.ts';
import { wayLines } from './terminal/ways.ts';

/** The comparison of transports. */
export const runCommand: Command = {
  name: 'run',
  summary: 'compares what the transports cost and how they deliver, and writes a report',
  operands: [],
  flags: RUN_FLAGS,
  examples: [
    ['', 'all four transports, 1,000 clients each, about four minutes'],
    ['--quick --open', 'a first look, and the report in the browser'],
    ['--transports sse,websocket --clients 500,1k,2k', 'how two of them scale'],
    ['--rate 1,10,50 --payload 128,4k --blocks 12', 'a sweep: every combination is a cell'],
    ['--network none,40ms,40ms/1% --clients 200', 'what distance and loss do to each of them'],
    ['--poll-interval 250ms,1s,5s --transports polling', 'what a shorter interval buys'],
    ["--assert 'sse.p99<50ms' --assert 'websocket.missed==0'", 'a check for CI: exit 4 where one does not hold'],
    ['--clients 10k --rate 1 --dry-run', 'what it would do and need'],
  ],
  execute: async (invocation, surroundings) => executeRun(invocation, surroundings, RUN_COLLABORATORS),
};

/**
 * Runs a comparison from its flags to its report.
 * @returns the exit code: that of the signal that ended it, else assertion, invalid or done, the first that applies
 * @throws {PushbenchError} `usage` and `resource` before anything starts; what stops a run
 */
export async function executeRun(
  { values, mistakes }: Invocation,
  surroundings: Surroundings,
  collaborators: RunCollaborators,
): Promise<number> {
  const context = collaborators.context();
  const options = parseRunOptions(values, context, mistakes, surroundings.cwd);
  const { stdout, stderr, cwd } = surroundings;
  const startedAt = collaborators.now();
  const { results: root } = surroundings;
  const out = options.out === undefined ? undefined : resolve(cwd, options.out);
  const plan = await withAddresses(collaborators.createPlan(options), options);
  const address = await resolveAddress(options);
  const { resolved: assertions, mistakes: unresolved } = resolveAssertions(options.assertions, plan.cells);
  throwMistakes(unresolved);
  const needs: Needs = {
    clients: Math.max(...options.clients),
    agents: options.agents,
    serverWorkers: options.serverWorkers,
    shared: options.shared,
    ticks: windowTicks(options.durationMs, Math.max(...options.ratesHz)),
    port: options.port,
    address,
    withoutAddress: librariesWithoutAddress(options.driver, options.transports),
    directory: out ?? resolve(root, runId(startedAt)),
  };

  if (out !== undefined) await checkNewDirectory(out);
  const facts = await collaborators.probeMachine(needs);
  const problems = [...preflightProblems(needs, facts), ...(await networkProblems(options.networks))];
  const notes = [
    ...preflightNotes(needs, facts),
    ...pinNotes(options, context),
    ...attachedTexts(plan.settings),
    ...[tooFewBlocksText(plan) ?? []].flat(),
  ];

  if (options.dryRun) {
    const { trials, ms } = collaborators.estimate(plan);
    if (options.json) {
      const files = filesNeeded(needs);
      stdout.write(
        `${JSON.stringify({ plan, trials, estimatedMs: Math.round(ms), compares: reachOf(plan), openFiles: files, problems, notes })}\n`,
      );
    } else {
      const lines = planLines(
        plan,
        { trials, ms },
        needs,
        shownPath(needs.directory, cwd),
        stdout.columns ?? MAX_SUMMARY_COLUMNS,
      );
      stdout.write(`${[...lines, ...notes.map((note) => `Note: ${note}`)].join('\n')}\n`);
    }
    throwProblems(problems);
    return EXIT.done.code;
  }
  throwProblems(problems);
  for (const note of notes) stderr.write(`Note: ${note}\n`);
  const built = await readyPlan(plan, stderr);

  const command = repeatCommand(values, flagTable(context.transports), options.seed);
  return inNewFolder({ port: options.port, root, out, startedAt }, async (folder) => {
    try {
      return await measure(
        { options, plan: built, assertions, command, address, ...folder },
        surroundings,
        collaborators,
      );
    } catch (error) {
      if (existsSync(join(folder.directory, RESULT_FILE))) {
        const where = quote(shownPath(folder.directory, cwd));
        stderr.write(`What was measured before the failure is kept: npm run bench -- report ${where}\n`);
      }
      throw error;
    }
  });
}

type Task = {
  options: RunOptions;
  plan: Plan;
  assertions: readonly ResolvedAssertion[];
  command: string;
  address: Address;
  id: string;
  directory: string;
};

/** Measures, with a display and an ear for signals, then writes the report and tells the outcome. */
async function measure(task: Task, surroundings: Surroundings, collaborators: RunCollaborators): Promise<number> {
  const { options, plan, command, id, directory } = task;
  const { stderr, env } = surroundings;
  const kind = progressKind(options.progress, env, stderr.isTTY);
  const progress = openProgress(kind, stderr, painter(wantsColor(options.color, env, stderr.isTTY)));
  const stop = stopOnSignal(collaborators, stderr, 'what was measured so far is kept', progress.stop);
  try {
    const result = await collaborators
      .runPlan(plan, {
        id,
        directory,
        label: options.label,
        command,
        port: options.port,
        address: task.address,
        micro: await collaborators.readMicro(surroundings.results),
        signal: stop.signal,
        onEvent: progress.handle,
      })
      .catch((error: unknown) => {
        progress.stop();
        if (isUnwritten<RunResult>(error)) {
          showFigures(task, error.result, judged(task, error.result), { result: null, report: null }, surroundings);
        }
        throw error;
      })
      .finally(progress.stop);
    const asserted = judged(task, result);
    const failure = await conclude(task, result, asserted, surroundings, collaborators);
    if (stop.by !== null) {
      // the terminal sends the signal to the renderer as well: that it ended is no defect
      if (failure !== null) stderr.write(`${failure.message}\n`);
      return EXIT_BY_SIGNAL[stop.by];
    }
    if (failure !== null) throw failure;
    // what was asked for comes before what was not: trials that are not valid also fail the assertions that rest on them
    return asserted.some(({ passed }) => !passed) ? EXIT.assertion.code : EXIT[runOutcome(result)].code;
  } finally {
    stop.forget();
  }
}

function judged({ assertions }: Task, result: RunResult): AssertionResult[] {
  return evaluateAssertions(assertions, (cell) => result.cells.find((summary) => sameCell(summary.cell, cell)));
}

/**
 * Writes the report and shows the figures.
 *
 * @returns why the report could not be rendered; the figures were shown all the same
 */
async function conclude(
  task: Task,
  result: RunResult,
  asserted: readonly AssertionResult[],
  surroundings: Surroundings,
  collaborators: RunCollaborators,
): Promise<Error | null> {
  const { options, directory } = task;
  const { stderr } = surroundings;
  let failure: Error | null = null;
  const report = await collaborators.renderReport(directory).catch((error: unknown) => {
    failure = error instanceof Error ? error : new Error(String(error));
    return null;
  });
  if (options.out === undefined) {
    await pointLatest(surroundings.results, directory).catch((error: unknown) => {
      stderr.write(`results/latest still names an earlier run (${errorCode(error)})\n`);
    });
    await refreshIndex(collaborators, surroundings);
  }
  showFigures(task, result, asserted, { result: join(directory, RESULT_FILE), report }, surroundings);
  await openReport(collaborators, surroundings, options.open, report);
  return failure;
}

/** Writes the figures to stdout, as a table or as one JSON document. @param files null: could not be written */
function showFigures(
  { options, directory }: Task,
  result: RunResult,
  asserted: readonly AssertionResult[],
  files: { result: string | null; report: string | null },
  { stdout, env, cwd }: Surroundings,
): void {
  if (options.json) {
    const { run, cells, metrics, verdicts } = result;
    const { trials, invalid } = judgement(result);
    const document = {
      run,
      ...files,
      trials,
      valid: trials - invalid, // those with a caution count
      invalid,
      warnings: warningsOf(result),
      metrics,
      cells,
      verdicts,
      assertions: asserted,
    };
    stdout.write(`${JSON.stringify(document)}\n`);
    return;
  }
  const isKept = files.result !== null && result.run.status === 'complete';
  const shown = {
    result: files.result === null ? 'not written' : shownPath(files.result, cwd),
    report: files.report === null ? null : shownPath(files.report, cwd),
    next: isKept ? `npm run bench -- report ${quote(shownPath(directory, cwd))} --open` : result.run.command,
  };
  const paint = painter(wantsColor(options.color, env, stdout.isTTY));
  const columns = stdout.columns ?? MAX_SUMMARY_COLUMNS;
  const lines = summaryLines(result, shown, columns, paint);
  stdout.write(`${[...lines, ...wayLines(result, columns), ...assertionLines(asserted, paint)].join('\n')}\n`);
}

/** What the command works with once its flags are sound; a test brings its own. */
export const RUN_COLLABORATORS = {
  ...COLLABORATORS,
  createPlan,
  estimate,
  runPlan: async (plan: Plan, request: RunRequest) => (await import('../run/run-plan.ts')).runPlan(plan, request),
  /** What the micro-benchmark found on this machine, from the folder of the results. */
  readMicro: async (results: string) => (await import('../result/micro-file.ts')).readMicro(results, readEnvironment()),
};
export type RunCollaborators = typeof RUN_COLLABORATORS;
