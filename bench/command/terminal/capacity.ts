import { warmUpText } from '../../trial/warm-up.ts';
import {
  amountText,
  answerLevel,
  intervalText,
  levelUnit,
  OUTCOME_WORDS,
  workloadText,
} from '../../run/capacity/answer-words.ts';
import type { CapacityAnswer, CapacityResult, CapacityStep, SearchPlan } from '../../result/capacity-schema.ts';
import { serverCores } from '../../judge/metrics.ts';
import { formatClock, formatCount, formatFigure, formatLevel, formatMicros, plural } from '../../basics/amounts.ts';
import { windowText } from '../../trial/window.ts';
import { hang, table, wrap, type Paint } from './style.ts';
import { visible } from '../../basics/shown.ts';

/** The end of a search: its objectives, a line for each transport, each answer as a sentence, files. */
export function capacityLines(
  result: CapacityResult,
  files: { capacity: string; report: string | null; next: string },
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
  const header = ['', levelUnit(search.vary), '95 % interval', '', 'p99', 'agents', 'CPU', 'steps'];
  const rows = answers.map((answer) => {
    const steps = result.steps.filter(({ transport }) => transport === answer.transport);
    const near = nearest(steps, answer.estimate ?? answer.low ?? search.min);
    return [
      visible(result.transports.find(({ id }) => id === answer.transport)?.label ?? answer.transport),
      answerLevel(answer),
      intervalText(answer) ?? '-',
      OUTCOME_WORDS[answer.outcome],
      near === undefined ? '-' : formatMicros(near.trial.latencyUs.p99),
      near === undefined ? '-' : `${Math.round(Math.max(...near.trial.agents.map((a) => a.utilisation)) * 100)} %`,
      near === undefined ? '-' : formatFigure(serverCores(near.trial) ?? Number.NaN),
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
    ...answers.flatMap(({ sentence }) => hang(wrap(visible(sentence), width - 2), '  ')),
    '',
    `Result:  ${visible(files.capacity)}`,
    ...(files.report === null ? [] : [`Report:  ${visible(files.report)}`]),
    `Next:    ${visible(files.next)}`,
  ];
}

/** What a search would do. */
export function searchPlanLines(plan: SearchPlan, directory: string): string[] {
  const { settings, min, max } = plan;
  return [
    `Objectives: ${plan.slos.map(({ text }) => visible(text)).join(', ')}`,
    `Transports: ${plan.transports.join(', ')}, one after the other, ${workloadText(plan)}`,
    `Searches: ${formatLevel(min)} to ${amountText(plan, max)} by growing, bisecting, then 4 to 14 confirmations in fresh processes`,
    ...(plan.resource === null ? [] : [`No more: ${visible(plan.resource)}`]),
    `Each step: ramp at ${formatCount(settings.rampPerSecond)}/s, warm-up ${warmUpText(settings.warmupMs)}, measured ${windowText(settings.durationMs, [plan.workload.rateHz])}, then the drain; usually 13 to 22 steps a transport`,
    `Processes: ${plural(settings.serverWorkers, 'server')}, ${plural(settings.agents, 'load agent')}${settings.pin ? ', on cores of their own' : ''}`,
    `Writes to: ${visible(directory)}`,
  ];
}

function nearest(steps: readonly CapacityStep[], at: number): CapacityStep | undefined {
  const distance = (step: CapacityStep) => Math.abs(Math.log(step.level / at));
  return steps.toSorted((a, b) => distance(a) - distance(b))[0];
}

function colour({ outcome }: CapacityAnswer): 'green' | 'yellow' | 'red' {
  if (outcome === 'found') return 'green';
  return outcome === 'below' || outcome === 'enclosed' ? 'red' : 'yellow';
}
