import type { RunResult } from '../../bench/result/schema.ts';
import type { MetricChange, RunComparison } from '../../bench/judge/compare-runs.ts';
import { element, type Element, type Part } from '../element.ts';
import { elementTable, type ElementColumn } from '../element-table.ts';
import { cellLabel } from '../figures/load.ts';
import { forestPicture, reachOf } from './forest.ts';
import {
  aloneText,
  caveat,
  changeSentence,
  changeText,
  conclusion,
  mediansText,
  OUTCOMES,
  trialsText,
} from './words.ts';

const text = (tag: string, content: string, kind = '') => element(tag, kind === '' ? {} : { class: kind }, content);

const heading = (content: string) => element('h3', {}, content);

const words = (label: string): ElementColumn => ({ label, kind: 'text' });
const figures = (label: string): ElementColumn => ({ label, kind: 'num' });

function runRow(name: string, result: RunResult): Element {
  const { run } = result;
  const commit = run.commit === null ? '' : ` · commit ${run.commit.slice(0, 12)}`;
  return element(
    'tr',
    {},
    element('th', { scope: 'row' }, name),
    text('td', run.label === '' ? run.id : run.label, 'text'),
    text('td', run.startedAt.slice(0, 19).replace('T', ' '), 'text'),
    text('td', `${run.version}${commit}`, 'text'),
    text('td', trialsText(result), 'text'),
  );
}

function differences(comparison: RunComparison): Part[] {
  if (comparison.differences.length === 0)
    return [text('p', 'The runs differ in nothing that is recorded of machine, settings and versions.')];
  const rows = comparison.differences.map(({ what, a, b, withholds }) =>
    element(
      'tr',
      {},
      element('th', { scope: 'row' }, what),
      text('td', a, 'text'),
      text('td', b, 'text'),
      withholds
        ? element('td', { class: 'text' }, text('strong', 'withholds every verdict', 'word invalid'))
        : text('td', 'may be what is compared', 'text'),
    ),
  );
  return [elementTable('How the runs differ', [words('what'), words('A'), words('B'), words('which')], rows)];
}

function changeRow(change: MetricChange, result: RunResult, reach: number): Element {
  const { middle, interval } = changeText(change);
  const medians = mediansText(change);
  return element(
    'tr',
    { 'data-outcome': change.outcome, 'data-metric': change.metric.id },
    element('th', { scope: 'row' }, cellLabel(result, change.cell)),
    text('td', change.metric.label, 'text'),
    text('td', medians.a, 'num'),
    text('td', medians.b, 'num'),
    element('td', { class: 'num' }, middle, ...(interval === '' ? [] : [text('small', interval)])),
    element('td', { class: 'picture' }, forestPicture(change, reach)),
    element('td', { class: 'text' }, text('span', OUTCOMES[change.outcome], `change ${change.outcome}`)),
    text('td', `${change.trials.a} / ${change.trials.b}`, 'num'),
  );
}

const COLUMNS = [
  words('cell'),
  words('metric'),
  figures('A'),
  figures('B'),
  figures('B against A'),
  words('lower ← → higher'),
  words('verdict'),
  figures('trials A / B'),
];

function found(comparison: RunComparison, a: RunResult): Part[] {
  const list = (outcome: 'worse' | 'better') => {
    const sentences = comparison.changes
      .filter((change) => change.outcome === outcome)
      .map((change) => text('li', changeSentence(change, a)));
    return sentences.length === 0
      ? []
      : [text('p', outcome === 'worse' ? 'Worse:' : 'Better:', `change ${outcome}`), element('ul', {}, ...sentences)];
  };
  return [...list('worse'), ...list('better')];
}

/**
 * Two runs against each other: which they are, how they differ, what it comes to, what changed, every figure. The differences
 * come before any figure, since they decide whether a figure means anything.
 */
export function comparisonView(comparison: RunComparison, a: RunResult, b: RunResult): Part[] {
  const alone = aloneText(comparison);
  const reach = reachOf(comparison.changes);
  const isJudged = comparison.comparable && comparison.family > 0;
  return [
    elementTable(
      'The runs',
      [words(''), words('run'), words('started, UTC'), words('pushbench'), words('trials')],
      [runRow('A, before', a), runRow('B, after', b)],
    ),
    ...differences(comparison),
    ...(alone === '' ? [] : [text('p', alone)]),
    heading('What changed beyond noise'),
    text('p', conclusion(comparison), isJudged ? 'conclusion' : 'notice'),
    ...(isJudged ? found(comparison, a) : []),
    ...(isJudged ? [text('p', caveat(comparison), 'quiet')] : []),
    ...(comparison.changes.length === 0
      ? []
      : [
          elementTable(
            'Every figure',
            COLUMNS,
            comparison.changes.map((change) => changeRow(change, a, reach)),
          ),
        ]),
  ];
}
