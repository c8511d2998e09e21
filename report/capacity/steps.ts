import { serverCores } from '../../bench/judge/metrics.ts';
import { agentLagUs } from '../../bench/run/capacity/step-verdict.ts';
import type { CapacityResult, CapacityStep } from '../../bench/result/capacity-schema.ts';
import { levelUnit } from '../../bench/run/capacity/answer-words.ts';
import { unitOf } from '../../bench/judge/verdict-words.ts';
import { groupedTable, type Column, num, text } from '../table.ts';
import type { Section } from '../sections/section.ts';
import type { SearchView } from './search-view.ts';
import { kindOf, stageText, stepSign, STEP_KINDS } from './step-mark.ts';
import { formatLevel, formatNumber, humanise } from '../../bench/basics/amounts.ts';
import { mark } from '../../server/page/marks.ts';
import { html, joined, type Content } from '../../server/page/html.ts';

function rowOf(step: CapacityStep, index: number): Content[] {
  const { level, trial, figures } = step;
  const { agents, validity } = trial;
  const cores = serverCores(trial);
  const objectives = figures.map(({ metric, value }) => {
    const shown = value === null ? 'unknown' : humanise(unitOf(metric), value);
    return html`<span class="whole">${metric} ${shown}</span>`;
  });
  const codes = validity.reasons.map(({ code }) => code).join(' ');
  return [
    String(index + 1),
    stageText(step),
    formatLevel(level),
    html`${mark(stepSign(step), '')}${STEP_KINDS[kindOf(step)]}`,
    joined(objectives, ', '),
    cores === null ? '–' : formatNumber(cores),
    formatNumber(Math.max(0, ...agents.map(({ utilisation }) => utilisation)) * 100),
    formatNumber(agentLagUs(trial) / 1000),
    codes === '' ? '–' : codes,
  ];
}

/** Of each transport in the order in which they ran. */
function groupsOf({ transports, steps }: CapacityResult) {
  return transports
    .map(({ id, label }) => ({
      name: label,
      rows: steps.filter(({ transport }) => transport === id).map((step, index) => rowOf(step, index)),
    }))
    .filter(({ rows }) => rows.length > 0);
}

/** Everything that was tried. */
export const steps: Section<SearchView> = {
  id: 'steps',
  title: 'Every step',
  short: 'Steps',
  render({ result }) {
    if (result.steps.length === 0) return null;
    const columns: Column[] = [
      text('step'),
      text('made for'),
      num(levelUnit(result.search.vary)),
      text('outcome'),
      text('objectives'),
      num('server CPU, cores'),
      num('agent busy, %'),
      num('reader lag p99, ms'),
      text('gates'),
    ];
    return html`${groupedTable('Every step, in the order in which they ran', columns, groupsOf(result))}
      <p class="quiet">
        <a href="capacity.json">capacity.json</a>, beside this file, holds each step’s whole trial with its histograms;
        <code>npm run bench -- capacity --from DIR</code> derives the answers from it again.
      </p>`;
  },
};
