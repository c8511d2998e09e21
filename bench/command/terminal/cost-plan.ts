import type { CostModel, Fit, TermId, TrafficCheck, Unidentified } from '../../model/cost-model.ts';
import type { CostPlan, ServerKind, Workload } from '../../model/planner.ts';
import {
  assumptionText,
  beyondText,
  CPU_TERMS,
  FIT_NAMES,
  MEMORY_TERMS,
  noModelText,
  spanText,
  workloadText,
} from '../../model/cost-words.ts';
import type { Cell } from '../../result/schema.ts';
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatFigure,
  percent,
  plural,
  signed,
} from '../../basics/amounts.ts';
import { hang, table, wrap, type Paint } from './style.ts';
import { visible } from '../../basics/shown.ts';

/** The fitted models: coefficients with intervals, what they miss, bytes by arithmetic and as measured. */
export function modelLines(models: readonly CostModel[], width: number, paint: Paint): string[] {
  return models.flatMap((model) => [
    paint('bold', `${visible(model.label)}, ${formatBytes(model.payloadBytes)}, ${model.fanOut}, ${rangeText(model)}`),
    ...fitLines(FIT_NAMES.cpu, model.cpu, (value) => `${formatFigure(value)} us`, CPU_TERMS, width),
    ...fitLines(FIT_NAMES.memory, model.memory, formatBytes, MEMORY_TERMS, width),
    ...trafficLines(model.traffic),
    '',
  ]);
}

function fitLines(
  name: string,
  fit: Fit | Unidentified,
  text: (value: number) => string,
  terms: Readonly<Record<TermId, string>>,
  width: number,
): string[] {
  if (fit.kind === 'unidentified') {
    return hang(wrap(noModelText(name, fit), width - 4), '  ').map((line) => `  ${line}`);
  }
  const rows = fit.coefficients.map(({ term, value, low, high }) => [
    `    ${terms[term]}`,
    text(value),
    low === null || high === null ? 'no interval' : `${text(low)} to ${text(high)}`,
  ]);
  const worst =
    fit.worstLeftOut === null
      ? 'no cell can be left out: add cells to see how well it predicts'
      : `a cell left out is predicted within ${percent(fit.worstLeftOut, 2)} (${leftOutText(fit)})`;
  return [
    `  ${name}, from ${plural(fit.cells, 'cell')} and ${plural(fit.trials, 'trial')}:`,
    ...table(rows, 1),
    ...wrap(
      `trials deviate by ${percent(fit.residual, 2)} (root mean square), at most ${percent(fit.worstResidual, 2)}; ${worst}`,
      width - 4,
    ).map((line) => `    ${line}`),
  ];
}

function leftOutText({ leftOut }: Fit): string {
  const known = leftOut.filter(({ error }) => error !== null);
  return known.map(({ cell, error }) => `${cellText(cell)} ${signed(formatFigure(error! * 100))} %`).join(', ');
}

function cellText({ clients, rateHz, pollIntervalMs }: Cell): string {
  const interval = pollIntervalMs === null ? '' : ` every ${formatDuration(pollIntervalMs)}`;
  return `${formatCount(clients)} at ${formatFigure(rateHz)}/s${interval}`;
}

function rangeText({ range }: CostModel): string {
  const { clients, rateHz } = range;
  return `measured with ${spanText(clients, formatCount)} clients at ${spanText(rateHz, formatFigure)} ticks/s`;
}

function trafficLines(checks: readonly TrafficCheck[]): string[] {
  const deviations = checks.map(({ sent, received }) => {
    const expected = sent.expected + received.expected;
    return { expected, error: (sent.measured + received.measured) / expected - 1 };
  });
  if (deviations.length === 0) return [];
  const worst = deviations.reduce((a, b) => (Math.abs(b.error) > Math.abs(a.error) ? b : a));
  const expected = deviations.map((each) => each.expected);
  const shown = spanText({ low: Math.min(...expected), high: Math.max(...expected) }, formatFigure);
  return [
    `  bytes per delivery by arithmetic: ${shown}; measured differs by at most ${percent(Math.abs(worst.error), 2)}`,
  ];
}

/** Plans of the same workload, one for each transport, below a heading. */
export function planTableLines(
  workload: Workload,
  plans: readonly { label: string; plan: CostPlan | null; problems: readonly string[] }[],
  kind: ServerKind,
  width: number,
  paint: Paint,
): string[] {
  const heading = workloadText(workload);
  if (plans.every(({ plan }) => plan === null)) {
    const why = new Set(plans.flatMap(({ problems }) => problems));
    return [paint('bold', heading), ...[...why].flatMap((text) => wrap(visible(`No plan: ${text}.`), width)), ''];
  }
  const header = ['', 'cores', 'memory', 'servers', 'egress/s', 'per hour', 'per month', 'mean age'];
  const rows = plans.map(({ label, plan }) =>
    plan === null
      ? [visible(label), ...header.slice(1).map(() => '-')]
      : [
          `${visible(label)}${plan.beyond.length > 0 ? ' *' : ''}`,
          formatFigure(plan.cores.value),
          formatBytes(plan.memoryBytes.value),
          formatCount(plan.servers.value),
          formatBytes(plan.egressBytesPerSecond),
          formatBytes(plan.egressBytesPerHour),
          formatBytes(plan.egressBytesPerMonth),
          `${formatFigure(plan.ageMeanMs)} ms`,
        ],
  );
  const [head = '', ...body] = table([header, ...rows], 1);
  const notes = plans.flatMap(({ label, plan, problems }) =>
    plan === null ? problems.map((problem) => `${label}: ${problem}.`) : noteText(label, plan),
  );
  return [
    paint('bold', heading),
    paint('dim', head),
    ...body,
    ...[...notes, assumptionText(kind)].flatMap((text) => hang(wrap(visible(text), width - 2), '  ')),
    '',
  ];
}

/** The intervals, and how far beyond what was measured. */
function noteText(label: string, plan: CostPlan): string[] {
  const { cores, memoryBytes, servers, egressWireBytesPerSecond, limitedBy, beyond } = plan;
  const intervals =
    `${label}: ${formatFigure(cores.low)} to ${formatFigure(cores.high)} cores, ` +
    `${formatBytes(memoryBytes.low)} to ${formatBytes(memoryBytes.high)}, ${formatCount(servers.low)} to ${formatCount(servers.high)} servers ` +
    `(by ${limitedBy}), about ${formatBytes(egressWireBytesPerSecond)}/s with TCP and IP headers.`;
  if (beyond.length === 0) return [intervals];
  return [`${intervals} * Extrapolated beyond what was measured: ${beyondText(beyond)}.`];
}
