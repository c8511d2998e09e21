import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { parseCapacityOptions, CAPACITY_FLAGS, searchPlanOf, type CapacityOptions } from './capacity-options.ts';
import type { CapacityRequest } from '../run/capacity/search-loop.ts';
import type { CapacityResult, SearchPlan } from '../result/capacity-schema.ts';
import { ceilingOf, type Ceiling } from '../run/capacity/levels.ts';
import { attachedTexts } from '../judge/attached.ts';
import { LOOPBACK } from '../machine/address.ts';
import { EXIT_BY_SIGNAL } from '../../server/stop-signals.ts';
import { EXIT, PushbenchError } from '../basics/errors.ts';
import { isUnwritten } from '../run/unwritten-run.ts';
import { pinNotes } from './contradictions.ts';
import { flagTable } from './flag-table.ts';
import { repeatCommand } from './read-flags.ts';
import { quote } from '../basics/shown.ts';
import { preflightNotes, preflightProblems, throwProblems, type Facts, type Needs } from '../run/preflight.ts';
import { capacityLines, searchPlanLines } from './terminal/capacity.ts';
import { openCapacityProgress } from './terminal/capacity-progress.ts';
import { progressKind } from './terminal/progress.ts';
import { painter, wantsColor } from './terminal/style.ts';
import { MAX_SUMMARY_COLUMNS } from './terminal/summary.ts';
import { COLLABORATORS, inNewFolder, openReport, refreshIndex, readyPlan, withAddresses } from './collaborators.ts';
import { windowTicks } from '../trial/window.ts';
import type { Command, Invocation, Surroundings } from './command.ts';
import { CAPACITY_FILE, CAPACITY_JOURNAL, checkNewDirectory, errorCode, runId, shownPath } from '../result/folder.ts';
import { stopOnSignal } from './signals.ts';
import { librariesWithoutAddress } from '../agent/index.ts';

/** The most clients, or ticks per second, that meet an objective. */
export const capacityCommand: Command = {
  name: 'capacity',
  summary: 'finds, for each transport, the most clients (or ticks per second) that meet an objective',
  operands: [],
  flags: CAPACITY_FLAGS,
  examples: [
    [
      "capacity --transports sse,websocket --slo 'p99<100ms' --slo 'missed=0' --rate 1",
      'most clients at one tick a second',
    ],
    ["capacity --slo 'p99<100ms' --slo 'polling.p99<1.2s' --max-clients 15k", 'polling with an objective of its own'],
    [
      "capacity --transports sse --slo 'p99<50ms' --search rate --clients 1000",
      'the fastest feed for a thousand clients',
    ],
    [
      "capacity --transports sse --slo 'p99<100ms' --rate 1 --open",
      'and the report, with every step drawn, in the browser',
    ],
    ['capacity --from 2026-01-31T12-00-00', 'the answers of a past search, also of one that was cut short'],
  ],
  execute: async (invocation, surroundings) => executeCapacity(invocation, surroundings, CAPACITY_COLLABORATORS),
};

/**
 * Searches from its flags to its answers.
 *
 * @returns the exit code: that of the signal that ended it; assertion where an objective does not even hold at the smallest
 *   load; invalid where a search found no interval; else done
 * @throws {PushbenchError} `usage` and `resource` before anything starts; what stops a search
 */
export async function executeCapacity(
  { values, mistakes }: Invocation,
  surroundings: Surroundings,
  collaborators: CapacityCollaborators,
): Promise<number> {
  const context = collaborators.context();
  const options = parseCapacityOptions(values, context, mistakes, surroundings.cwd);
  const { stdout, stderr, cwd } = surroundings;
  const { results: root } = surroundings;
  if (options.from !== undefined) {
    const directory = pastDirectory(options.from, root, cwd);
    return conclude(await collaborators.readCapacity(directory), directory, options, surroundings, collaborators);
  }

  const startedAt = collaborators.now();
  const out = options.out === undefined ? undefined : resolve(cwd, options.out);
  const needs: Needs = {
    clients: options.search === 'rate' ? options.clients[0]! : options.maxClients,
    agents: options.agents,
    serverWorkers: options.serverWorkers,
    shared: options.shared,
    ticks: windowTicks(options.durationMs, options.search === 'rate' ? options.maxRateHz : options.ratesHz[0]!),
    address: LOOPBACK,
    port: options.port,
    withoutAddress: librariesWithoutAddress(options.driver, options.transports),
    directory: out ?? resolve(root, runId(startedAt)),
  };
  if (out !== undefined) await checkNewDirectory(out);
  const facts = await collaborators.probeMachine(needs);
  const ceiling = allowedClients(needs, facts, options);
  const isGiven = (flag: string) => values[flag] !== undefined;
  const machine = { cores: context.cores, canPin: context.pinProblem() === null };
  const plan = await withAddresses(searchPlanOf(options, machine, ceiling, isGiven), options);
  const notes = [...preflightNotes(needs, facts), ...pinNotes(options, context), ...attachedTexts(plan.settings)];

  if (options.dryRun) {
    const shown = options.json ? [JSON.stringify({ search: plan, notes })] : searchPlanLines(plan, needs.directory);
    stdout.write(`${[...shown, ...(options.json ? [] : notes.map((note) => `Note: ${note}`))].join('\n')}\n`);
    return EXIT.done.code;
  }
  for (const note of notes) stderr.write(`Note: ${note}\n`);
  const built = await readyPlan(plan, stderr);

  const command = repeatCommand(values, flagTable(context.transports), options.seed, 'capacity');
  return inNewFolder({ port: options.port, root, out, startedAt }, (folder) =>
    search(built, { options, command, ...folder }, surroundings, collaborators),
  );
}

/**
 * How far a search may go on this machine.
 *
 * @throws {PushbenchError} `resource` where something else stands against it, or there is no room even for the smallest load
 */
function allowedClients(needs: Needs, facts: Facts, { search, minClients }: CapacityOptions): Ceiling {
  const ceiling = ceilingOf(needs, facts);
  const least = search === 'rate' ? needs.clients : Math.min(minClients, needs.clients);
  const clients = ceiling.clients >= least ? ceiling.clients : least;
  throwProblems(preflightProblems({ ...needs, clients }, facts));
  return ceiling;
}

type Task = { options: CapacityOptions; command: string; id: string; directory: string };

/** Searches, with a display and an ear for signals, then tells the answers. */
async function search(
  plan: SearchPlan,
  { options, command, id, directory }: Task,
  surroundings: Surroundings,
  collaborators: CapacityCollaborators,
): Promise<number> {
  const { stderr, env } = surroundings;
  const kind = progressKind(options.progress, env, stderr.isTTY);
  const progress = openCapacityProgress(kind, stderr, painter(wantsColor(options.color, env, stderr.isTTY)));
  const stop = stopOnSignal(collaborators, stderr, 'what is known so far is kept', progress.stop);
  try {
    const result = await collaborators
      .runCapacity(plan, {
        id,
        directory,
        label: options.label,
        command,
        port: options.port,
        signal: stop.signal,
        onEvent: progress.handle,
      })
      .catch((error: unknown) => {
        progress.stop();
        if (isUnwritten<CapacityResult>(error)) showAnswers(error.result, directory, null, null, options, surroundings);
        throw error;
      })
      .finally(progress.stop);
    const code = await conclude(result, directory, options, surroundings, collaborators);
    return stop.by === null ? code : EXIT_BY_SIGNAL[stop.by];
  } finally {
    stop.forget();
  }
}

/** Renders the report and shows the answers, which do not depend on it. */
async function conclude(
  result: CapacityResult,
  directory: string,
  options: CapacityOptions,
  surroundings: Surroundings,
  collaborators: CapacityCollaborators,
): Promise<number> {
  const { stderr } = surroundings;
  const file = join(directory, CAPACITY_FILE);
  const report = await collaborators.renderReport(directory).catch((error: unknown) => {
    stderr.write(`${error instanceof PushbenchError ? error.message : errorCode(error)}\n`);
    return null;
  });
  if (dirname(directory) === surroundings.results) await refreshIndex(collaborators, surroundings);
  showAnswers(result, directory, file, report, options, surroundings);
  await openReport(collaborators, surroundings, options.open, report);
  if (result.answers.some(({ outcome }) => outcome === 'below')) return EXIT.assertion.code;
  const isWhole = result.answers.length > 0 && result.answers.every(({ outcome }) => outcome !== 'enclosed');
  return isWhole ? EXIT.done.code : EXIT.invalid.code;
}

/** Writes the answers to stdout, as a table or as one JSON document. @param file null: could not be written */
function showAnswers(
  result: CapacityResult,
  directory: string,
  file: string | null,
  report: string | null,
  options: CapacityOptions,
  { stdout, env, cwd }: Surroundings,
): void {
  if (options.json) {
    const { run, search, answers, steps } = result;
    stdout.write(`${JSON.stringify({ run, result: file, report, search, steps: steps.length, answers })}\n`);
  } else {
    const paint = painter(wantsColor(options.color, env, stdout.isTTY));
    const shown = quote(shownPath(directory, cwd));
    const next =
      file === null || result.run.status === 'interrupted'
        ? result.run.command
        : `npm run bench -- capacity --from ${shown}`;
    const width = Math.min(stdout.columns ?? MAX_SUMMARY_COLUMNS, MAX_SUMMARY_COLUMNS);
    const files = {
      capacity: file === null ? 'not written' : shownPath(file, cwd),
      report: report === null ? null : shownPath(report, cwd),
      next,
    };
    stdout.write(`${capacityLines(result, files, width, paint).join('\n')}\n`);
  }
}

/** A folder that was named, or the name of a search below the results. */
function pastDirectory(given: string, root: string, cwd: string): string {
  const folder = [CAPACITY_FILE, CAPACITY_JOURNAL].includes(basename(given)) ? dirname(given) : given;
  return existsSync(resolve(cwd, folder)) ? resolve(cwd, folder) : resolve(root, folder);
}

/** What the command works with once its flags are sound; a test brings its own. */
const CAPACITY_COLLABORATORS = {
  ...COLLABORATORS,
  runCapacity: async (plan: SearchPlan, request: CapacityRequest) =>
    (await import('../run/capacity/search-loop.ts')).runCapacity(plan, request),
  readCapacity: async (directory: string) => (await import('../run/capacity/file.ts')).readCapacity(directory),
};
export type CapacityCollaborators = typeof CAPACITY_COLLABORATORS;
