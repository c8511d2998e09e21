import { asksAtInterval } from '../../server/transports/traits.ts';
import { EXIT, PushbenchError } from '../basics/errors.ts';
import type { FlagKey } from './flag-table.ts';
import { parseFlags, type FlagValues } from './read-flags.ts';
import type { RunOptions } from '../run/options.ts';
import type { CostModel } from '../model/cost-model.ts';
import { fitModels } from '../model/fit.ts';
import { planCost, serverLike, type ServerKind, type Workload } from '../model/planner.ts';
import { SWEEP, sweepPlan } from '../run/sweep.ts';
import { modelLines, planTableLines } from './terminal/cost-plan.ts';
import { painter, wantsColor } from './terminal/style.ts';
import { MAX_SUMMARY_COLUMNS } from './terminal/summary.ts';
import { windowMistakes } from '../trial/window.ts';
import type { Command, Invocation, Surroundings } from './command.ts';
import { readRun } from './report-command.ts';
import type { Places } from '../result/folder.ts';
import { machineContext } from './collaborators.ts';
import { executeRun, RUN_COLLABORATORS } from './run-command.ts';

const FLAGS = [
  'from',
  'planSweep',
  'maxClients',
  'transports',
  'clients',
  'ratesHz',
  'payloadBytes',
  'pollIntervalsMs',
  'durationMs',
  'warmupMs',
  'blocks',
  'seed',
  'agents',
  'rampPerSecond',
  'serverWorkers',
  'pin',
  'shared',
  'out',
  'label',
  'json',
  'progress',
  'color',
] as const satisfies readonly FlagKey[];

/** Of the sweep: enough to tell trials from cells. */
const SWEEP_BLOCKS = '2';
const SWEEP_DURATION = '3s';

/** What a workload would cost. */
export const planCommand: Command = {
  name: 'plan',
  summary: 'says what clients would cost, by a cost model fitted to a run: cores, memory, egress, servers',
  operands: [],
  flags: FLAGS,
  examples: [
    ['plan --from latest', 'the cost model of the last run, with its errors'],
    ['plan --clients 1000k --rate 1', 'what a million clients would cost, extrapolated from it'],
    ['plan --plan-sweep --clients 10k,100k', 'first runs the small sweep that a model needs'],
  ],
  execute: async (invocation, surroundings) => executePlan(invocation, surroundings, COLLABORATORS),
};

/**
 * Fits the cost models of a run and plans the workloads that were asked for.
 *
 * @returns the exit code: done, or invalid where no model could be fitted
 * @throws {PushbenchError} `usage` where the run is missing; what stops a sweep
 */
export async function executePlan(
  { values, mistakes }: Invocation,
  surroundings: Surroundings,
  collaborators: PlanCollaborators,
): Promise<number> {
  const options = parseFlags(FLAGS, values, machineContext(), mistakes, ({ durationMs }, isGiven) => [
    ...(isGiven('planSweep') && isGiven('from')
      ? ['--plan-sweep: contradicts --from; either a past run or a new sweep']
      : []),
    ...(isGiven('planSweep') && durationMs !== undefined
      ? windowMistakes(durationMs, SWEEP.ratesHz, isGiven('durationMs'))
      : []),
  ]);
  const { stdout, stderr, env } = surroundings;
  if (options.planSweep) {
    // its summary is not what was asked for
    const code = await collaborators.runSweep(sweepValues(values), { ...surroundings, stdout: stderr });
    if (code !== EXIT.done.code && code !== EXIT.invalid.code) return code;
  }
  const from = options.planSweep ? (options.out ?? 'latest') : (options.from ?? 'latest');
  const result = await collaborators.readRun(from, surroundings);
  const isAsked = (id: string) => values['transports'] === undefined || options.transports.some((each) => each === id);
  const models = fitModels(result).filter(({ transport }) => isAsked(transport));
  if (models.length === 0)
    throw new PushbenchError('usage', 'NO_CELLS', `${from} has no valid trial of these transports.`);

  const maxClients = values['max-clients'] === undefined ? null : options.maxClients;
  const kind = serverLike(result.environment, maxClients);
  const plans = workloadsOf(options, values).map((workload) => ({ workload, plans: plansOf(models, workload, kind) }));
  if (options.json) {
    stdout.write(
      `${JSON.stringify({ run: result.run, environment: result.environment, server: kind, models, plans })}\n`,
    );
  } else {
    const paint = painter(wantsColor(options.color, env, stdout.isTTY));
    const width = Math.min(stdout.columns ?? MAX_SUMMARY_COLUMNS, MAX_SUMMARY_COLUMNS);
    const lines = [
      ...modelLines(models, width, paint),
      ...plans.flatMap((each) => planTableLines(each.workload, each.plans, kind, width, paint)),
      ...(plans.length === 0 ? ['Plan a workload: npm run bench -- plan --clients 1000k --rate 1'] : []),
    ];
    stdout.write(`${lines.join('\n').trimEnd()}\n`);
  }
  const isFitted = models.some(({ cpu, memory }) => cpu.kind === 'fit' && memory.kind === 'fit');
  return isFitted ? EXIT.done.code : EXIT.invalid.code;
}

function plansOf(models: readonly CostModel[], workload: Workload, kind: ServerKind) {
  return models.map((model) => {
    const planned = planCost(model, workload, kind);
    const { label, transport } = model;
    return 'plan' in planned
      ? { transport, label, plan: planned.plan, problems: [] }
      : { transport, label, plan: null, problems: planned.problems };
  });
}

/** Every combination of what was asked for; none where no clients were named. */
function workloadsOf(
  options: Pick<RunOptions, 'clients' | 'ratesHz' | 'payloadBytes' | 'pollIntervalsMs'>,
  values: FlagValues,
): Workload[] {
  if (values['clients'] === undefined) return [];
  return options.clients.flatMap((clients) =>
    options.ratesHz.flatMap((rateHz) =>
      options.payloadBytes.flatMap((payloadBytes) =>
        options.pollIntervalsMs.map((pollIntervalMs) => ({ clients, rateHz, payloadBytes, pollIntervalMs })),
      ),
    ),
  );
}

/** Flags that say what is planned, and how that is shown. */
const NOT_OF_SWEEP = new Set(['from', 'plan-sweep', 'max-clients', 'payload', 'poll-interval', 'json']);

/** The flags of the sweep as a run is given them: what was asked to be planned is not what is measured. */
function sweepValues(values: FlagValues): FlagValues {
  const kept = Object.fromEntries(Object.entries(values).filter(([name]) => !NOT_OF_SWEEP.has(name)));
  return {
    duration: [SWEEP_DURATION],
    blocks: [SWEEP_BLOCKS],
    ...kept,
    clients: [SWEEP.clients.join(',')],
    rate: [SWEEP.ratesHz.join(',')],
    ...(values['transports'] === undefined || values['transports'].some((list) => list?.split(',').some(asksAtInterval))
      ? { 'poll-interval': [SWEEP.pollIntervalsMs.map((ms) => `${ms}ms`).join(',')] }
      : {}),
  };
}

/** What the command works with; a test brings its own. */
const COLLABORATORS = {
  readRun: async (given: string, places: Places) => (await readRun(given, places)).result,
  /** Runs the sweep; resolves with its exit code. */
  runSweep: (values: FlagValues, surroundings: Surroundings) =>
    executeRun({ values, operands: [], mistakes: [] }, surroundings, { ...RUN_COLLABORATORS, createPlan: sweepPlan }),
};
export type PlanCollaborators = typeof COLLABORATORS;
