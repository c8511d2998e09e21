import { randomInt } from 'node:crypto';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { evaluateAssertions, resolveAssertions, type AssertionResult, type ResolvedAssertion } from '../assertion.ts';
import { EXIT, PushbenchError } from '../errors.ts';
import {
  flagTable,
  parseRunOptions,
  quote,
  repeatCommand,
  runFlags,
  throwMistakes,
  type FlagContext,
  type RunOptions,
} from '../flags.ts';
import {
  canPin,
  filesNeeded,
  preflightNotes,
  preflightProblems,
  probeMachine,
  throwProblems,
  type Facts,
  type Needs,
} from '../preflight.ts';
import type { Cell, Micro, Plan, RunResult } from '../result/schema.ts';
import type { RunRequest } from '../run.ts';
import { TRANSPORT_IDS } from '../transports/index.ts';
import { sameCell } from '../stats/standing.ts';
import { runOutcome, trialCounts, warningsOf } from '../terminal/outcome.ts';
import { planLines } from '../terminal/plan.ts';
import { openProgress, progressKind } from '../terminal/progress.ts';
import { assertionLines } from '../terminal/assertions.ts';
import { painter, visible, wantsColor } from '../terminal/style.ts';
import { MAX_SUMMARY_COLUMNS, summaryLines } from '../terminal/summary.ts';
import type { Command, Invocation, Surroundings } from './command.ts';
import {
  checkNewDirectory,
  errorCode,
  makeDirectory,
  pointLatest,
  RESULT_FILE,
  RESULTS,
  runId,
  shownPath,
} from './results.ts';
import { EXIT_BY_SIGNAL, onSignal, type StopSignal } from './signals.ts';

/** What the command works with once its flags are sound; a test brings its own. */
export type RunCollaborators = {
  createPlan: (options: RunOptions) => Plan;
  estimate: (plan: Plan) => { trials: number; ms: number; trialMs: (cell: Cell) => number };
  probeMachine: (needs: Needs) => Promise<Facts>;
  /** Resolves also when the signal was aborted; the result is marked then, and written. */
  runPlan: (plan: Plan, request: RunRequest) => Promise<RunResult>;
  /** What the micro-benchmark found on this machine, from the folder of the results. */
  readMicro: (results: string) => Micro | undefined;
  renderReport: (directory: string) => Promise<string>;
  openFile: (path: string) => Promise<string | null>;
  now: () => Date;
  /** Calls at each SIGINT and SIGTERM, instead of ending the process, until the returned function is called. */
  onSignal: (call: (signal: StopSignal) => void) => () => void;
  exitNow: (code: number) => void;
};

/** The flags are judged before anything else is loaded, so that mistakes are told at once. */
export type RunLoader = { context: () => FlagContext; collaborators: () => Promise<RunCollaborators> };

/** The comparison of transports. */
export const runCommand: Command = {
  name: 'run',
  summary: 'compares what the transports cost and how they deliver, and writes a report',
  operands: [],
  flags: runFlags(flagTable([])),
  examples: [
    ['', 'all four transports, 1,000 clients each, about three minutes'],
    ['--quick --open', 'a first look, and the report in the browser'],
    ['--transports sse,websocket --clients 1k,5k,10k', 'how two of them scale'],
    ['--rate 1,10,50 --payload 128,4k --blocks 12', 'a sweep: every combination is a cell'],
    ['--poll-interval 250ms,1s,5s --transports polling', 'what a shorter interval buys'],
    ["--assert 'sse.p99<50ms' --assert 'websocket.missed==0'", 'a check for CI: exit 4 where one does not hold'],
    ['--clients 10k --rate 1 --dry-run', 'what it would do and need'],
  ],
  execute: async (invocation, surroundings) => executeRun(invocation, surroundings, RUN_LOADER),
};

/**
 * Runs a comparison from its flags to its report.
 * @returns the exit code: that of the signal that ended it, else assertion, invalid or done, the first that applies
 * @throws {PushbenchError} `usage` and `resource` before anything starts; what stops a run
 */
export async function executeRun(
  { values, mistakes }: Invocation,
  surroundings: Surroundings,
  loader: RunLoader,
): Promise<number> {
  const context = loader.context();
  const options = parseRunOptions(values, context, mistakes);
  const { stdout, stderr, cwd } = surroundings;
  const collaborators = await loader.collaborators();
  const startedAt = collaborators.now();
  const root = resolve(cwd, RESULTS);
  const out = options.out === undefined ? undefined : resolve(cwd, options.out);
  const plan = collaborators.createPlan(options);
  const { resolved: assertions, mistakes: unresolved } = resolveAssertions(options.assertions, plan.cells);
  throwMistakes(unresolved);
  const needs: Needs = {
    clients: Math.max(...options.clients),
    agents: options.agents,
    serverWorkers: options.serverWorkers,
    port: options.port,
    directory: out ?? resolve(root, runId(startedAt)),
  };

  if (out !== undefined) await checkNewDirectory(out);
  const facts = await collaborators.probeMachine(needs);
  const problems = preflightProblems(needs, facts);
  const notes = preflightNotes(needs, facts);

  if (options.dryRun) {
    const { trials, ms } = collaborators.estimate(plan);
    if (options.json) {
      const files = filesNeeded(needs);
      stdout.write(
        `${JSON.stringify({ plan, trials, estimatedMs: Math.round(ms), openFiles: files, problems, notes })}\n`,
      );
    } else {
      stdout.write(
        `${[...planLines(plan, { trials, ms }, needs), ...notes.map((note) => `Note: ${note}`)].join('\n')}\n`,
      );
    }
    throwProblems(problems);
    return EXIT.done.code;
  }
  throwProblems(problems);
  for (const note of notes) stderr.write(`Note: ${note}\n`);

  const command = repeatCommand(values, flagTable(context.transports), options.seed);
  const directory = await makeDirectory(root, out, startedAt);
  try {
    return await measure(
      { options, plan, assertions, command, id: directory.id, directory: directory.path },
      surroundings,
      collaborators,
    );
  } catch (error) {
    await directory.discard();
    if (existsSync(join(directory.path, RESULT_FILE))) {
      const where = quote(shownPath(directory.path, cwd));
      stderr.write(`What was measured before the failure is kept: npm run bench -- report ${where}\n`);
    }
    throw error;
  }
}

type Task = {
  options: RunOptions;
  plan: Plan;
  assertions: readonly ResolvedAssertion[];
  command: string;
  id: string;
  directory: string;
};

/** Measures, with a display and an ear for signals, then writes the report and tells the outcome. */
async function measure(task: Task, surroundings: Surroundings, collaborators: RunCollaborators): Promise<number> {
  const { options, plan, command, id, directory } = task;
  const { stderr, env } = surroundings;
  const kind = progressKind(options.progress, env, stderr.isTTY);
  const progress = await openProgress(kind, stderr, painter(wantsColor(options.color, env, stderr.isTTY)));
  const stop = new AbortController();
  let stoppedBy: StopSignal | null = null;
  const ignoreSignals = collaborators.onSignal((signal) => {
    progress.stop();
    if (stoppedBy !== null) return collaborators.exitNow(EXIT_BY_SIGNAL[signal]);
    stoppedBy = signal;
    stderr.write(`${signal}: stopping; what was measured so far is kept (once more: stops at once)\n`);
    stop.abort(new PushbenchError('interrupted', signal, `stopped by ${signal}`));
  });
  try {
    const result = await collaborators
      .runPlan(plan, {
        id,
        directory,
        label: options.label,
        command,
        port: options.port,
        micro: collaborators.readMicro(resolve(surroundings.cwd, RESULTS)),
        signal: stop.signal,
        onEvent: progress.handle,
      })
      .finally(progress.stop);
    const asserted = evaluateAssertions(task.assertions, (cell) =>
      result.cells.find((summary) => sameCell(summary.cell, cell)),
    );
    const failure = await conclude(task, result, asserted, surroundings, collaborators);
    if (stoppedBy !== null) {
      // the terminal sends the signal to the renderer as well: that it ended is no defect
      if (failure !== null) stderr.write(`${failure.message}\n`);
      return EXIT_BY_SIGNAL[stoppedBy];
    }
    if (failure !== null) throw failure;
    // what was asked for comes before what was not: trials that are not valid also fail the assertions that rest on them
    return asserted.some(({ passed }) => !passed) ? EXIT.assertion.code : EXIT[runOutcome(result)].code;
  } finally {
    ignoreSignals();
  }
}

/**
 * Writes the report and shows the figures.
 *
 * @returns why the report could not be rendered; the figures were shown all the same
 */
async function conclude(
  { options, directory }: Task,
  result: RunResult,
  asserted: readonly AssertionResult[],
  { stdout, stderr, env, cwd }: Surroundings,
  { renderReport, openFile }: RunCollaborators,
): Promise<Error | null> {
  let failure: Error | null = null;
  const report = await renderReport(directory).catch((error: unknown) => {
    failure = error instanceof Error ? error : new Error(String(error));
    return null;
  });
  if (options.out === undefined) {
    await pointLatest(resolve(cwd, RESULTS), directory).catch((error: unknown) => {
      stderr.write(`results/latest still names an earlier run (${errorCode(error)})\n`);
    });
  }

  const file = join(directory, RESULT_FILE);
  if (options.json) {
    const { run, cells, metrics, verdicts } = result;
    const document = {
      run,
      result: file,
      report,
      ...trialCounts(result.trials),
      warnings: warningsOf(result),
      metrics,
      cells,
      verdicts,
      assertions: asserted,
    };
    stdout.write(`${JSON.stringify(document)}\n`);
  } else {
    const shown = shownPath(directory, cwd);
    const files = {
      result: shownPath(file, cwd),
      report: report === null ? null : shownPath(report, cwd),
      next: result.run.status === 'interrupted' ? result.run.command : `npm run bench -- report ${quote(shown)} --open`,
    };
    const paint = painter(wantsColor(options.color, env, stdout.isTTY));
    const lines = summaryLines(result, files, stdout.columns ?? MAX_SUMMARY_COLUMNS, paint);
    stdout.write(`${[...lines, ...assertionLines(asserted, paint)].join('\n')}\n`);
  }
  if (options.open && report !== null) {
    const problem = await openFile(report);
    if (problem !== null) stderr.write(`${visible(problem)}\n`);
  }
  return failure;
}

/** The world as it is. */
export const RUN_LOADER: RunLoader = {
  context: () => ({
    cores: availableParallelism(),
    randomSeed: () => randomInt(2 ** 32),
    transports: TRANSPORT_IDS,
    canPin,
  }),
  collaborators: async () => {
    const [{ createPlan, estimate }, { runPlan }, { renderReport }, { openFile }, { readMicro }, { readEnvironment }] =
      await Promise.all([
        import('../plan.ts'),
        import('../run.ts'),
        import('./render-report.ts'),
        import('./open-file.ts'),
        import('../micro/file.ts'),
        import('../environment.ts'),
      ]);
    return {
      createPlan,
      estimate,
      runPlan,
      probeMachine,
      readMicro: (results) => readMicro(results, readEnvironment()),
      renderReport,
      openFile,
      now: () => new Date(),
      onSignal,
      exitNow: (code) => process.exit(code),
    };
  },
};
