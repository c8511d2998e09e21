import type { CapacityAnswer, CapacityResult, CapacityStep, SearchPlan } from '../capacity/schema.ts';
import { plural } from '../stats/wording.ts';
import { formatBytes, formatClock, formatCount, formatDuration, formatFigure, formatMicros } from '../units.ts';
import { table, visible, wrap, type Paint } from './style.ts';

const OUTCOMES = {
  found: 'SLO broken beyond',
  'generator-bound': 'generator-bound: at least',
  'out-of-resources': 'out of descriptors or ports: at least',
  'not-reached': 'largest tried: at least',
  below: 'broken at the smallest load',
  enclosed: 'no interval',
} as const satisfies Record<CapacityAnswer['outcome'], string>;

/** The end of a search: its objectives, a line for each transport, each answer as a sentence, files. */
export function capacityLines(
  result: CapacityResult,
  files: { capacity: string; next: string },
  width: number,
  paint: Paint,
): string[] {
  const { run, search, answers } = result;
  const tookMs = run.finishedAt === null ? 0 : Date.parse(run.finishedAt) - Date.parse(run.startedAt);
  const heading = [
    `Capacity: ${search.slos.map(({ text }) => visible(text)).join(', ')}`,
    workloadText(search),
    `${plural(result.steps.length, 'step')} in ${formatClock(tookMs)}`,
    ...(run.status === 'interrupted' ? ['interrupted'] : []),
  ].join(' · ');
  if (answers.length === 0) return [heading, 'no step was finished: nothing is known'];
  const header = [
    '',
    search.vary === 'clients' ? 'clients' : 'ticks/s',
    '95 % interval',
    '',
    'p99',
    'agents',
    'CPU',
    'steps',
  ];
  const rows = answers.map((answer) => {
    const steps = result.steps.filter(({ transport }) => transport === answer.transport);
    const near = nearest(steps, answer.estimate ?? answer.low ?? search.min);
    return [
      visible(labelOf(result, answer.transport)),
      levelText(answer),
      answer.confidence === null ? '-' : `${level(answer.low)} to ${level(answer.high)}`,
      OUTCOMES[answer.outcome],
      near === undefined ? '-' : formatMicros(near.trial.latencyUs.p99),
      near === undefined ? '-' : `${Math.round(Math.max(...near.trial.agents.map((a) => a.utilisation)) * 100)} %`,
      near === undefined ? '-' : coresText(near),
      formatCount(steps.length),
    ];
  });
  const [head = '', ...body] = table([header, ...rows], 1);
  return [
    heading,
    '',
    paint('dim', head),
    ...body.map((line, index) => paint(colour(answers[index]!), line)),
    '',
    ...answers.flatMap(({ sentence }) =>
      wrap(visible(sentence), width - 2).map((line, at) => (at === 0 ? line : `  ${line}`)),
    ),
    '',
    `Result:  ${visible(files.capacity)}`,
    `Next:    ${visible(files.next)}`,
  ];
}

/** What a search would do. */
export function searchPlanLines(plan: SearchPlan, directory: string): string[] {
  const { settings, vary, min, max } = plan;
  const unit = vary === 'clients' ? 'clients' : 'ticks/s';
  return [
    `Objectives: ${plan.slos.map(({ text }) => visible(text)).join(', ')}`,
    `Transports: ${plan.transports.join(', ')}, one after the other, ${workloadText(plan)}`,
    `Searches: ${level(min)} to ${level(max)} ${unit} by doubling, bisecting, then 8 to 12 confirmations in fresh processes`,
    ...(plan.resource === null ? [] : [`No more: ${visible(plan.resource)}`]),
    `Each step: ramp at ${formatCount(settings.rampPerSecond)}/s, warm-up ${formatDuration(settings.warmupMs)}, measured ${formatDuration(settings.durationMs)}, then the drain; usually 15 to 25 steps a transport`,
    `Processes: ${settings.serverWorkers} server, ${settings.agents} load agents${settings.pin ? ', on cores of their own' : ''}`,
    `Writes to: ${visible(directory)}`,
  ];
}

function workloadText({ workload, transports }: SearchPlan): string {
  const { clients, rateHz, payloadBytes, pollIntervalMs } = workload;
  return [
    clients === null ? '' : `${formatCount(clients)} clients`,
    rateHz === null ? '' : `${formatFigure(rateHz)} ticks/s`,
    formatBytes(payloadBytes),
    transports.includes('polling') ? `polls every ${formatDuration(pollIntervalMs)}` : '',
  ]
    .filter((part) => part !== '')
    .join(', ');
}

function labelOf({ transports }: CapacityResult, id: string): string {
  return transports.find((look) => look.id === id)?.label ?? id;
}

function levelText(answer: CapacityAnswer): string {
  if (answer.estimate !== null) return level(answer.estimate);
  if (answer.outcome === 'below') return `below ${level(answer.high)}`;
  return answer.low === null ? '-' : `${level(answer.low)} or more`;
}

function level(value: number | null): string {
  if (value === null) return '-';
  return Number.isInteger(value) ? formatCount(value) : formatFigure(value);
}

function nearest(steps: readonly CapacityStep[], at: number): CapacityStep | undefined {
  const distance = (step: CapacityStep) => Math.abs(Math.log(step.level / at));
  return steps.toSorted((a, b) => distance(a) - distance(b))[0];
}

function coresText({ trial }: CapacityStep): string {
  const { cpuUserUs, cpuSystemUs } = trial.server;
  return formatFigure((cpuUserUs + cpuSystemUs) / (trial.phases.measureMs * 1000));
}

function colour({ outcome }: CapacityAnswer): 'green' | 'yellow' | 'red' {
  if (outcome === 'found') return 'green';
  return outcome === 'below' || outcome === 'enclosed' ? 'red' : 'yellow';
}
