import type { CapacityAnswer, SearchPlan } from '../../bench/result/capacity-schema.ts';
import {
  amountText,
  answerLevel,
  intervalText,
  levelUnit,
  OUTCOME_WORDS,
  workloadText,
} from '../../bench/run/capacity/answer-words.ts';
import { markOf } from '../plot/look.ts';
import type { Section } from '../sections/section.ts';
import type { SearchView } from './search-view.ts';
import { enumerate, formatLevel, plural, withMicro } from '../../bench/basics/amounts.ts';
import { html, type Markup } from '../../server/page/html.ts';

/** How far an answer carries, as a tone: an interval for the server, a bound, or less. */
const TONES = {
  found: 'valid',
  'generator-bound': 'caution',
  'out-of-resources': 'caution',
  'not-reached': 'caution',
  below: 'invalid',
  enclosed: 'caution',
} as const satisfies Record<CapacityAnswer['outcome'], string>;

function card(answer: CapacityAnswer, { result }: SearchView): Markup {
  const { search, transports } = result;
  const label = transports.find(({ id }) => id === answer.transport)?.label ?? answer.transport;
  const interval = intervalText(answer);
  const rests =
    answer.confirmations === 0 ? '' : `${interval === null ? '' : ', '}${plural(answer.confirmations, 'confirmation')}`;
  return html`<li class="tile answer-card">
    <h3>${markOf(transports, answer.transport)}${label}</h3>
    <p class="lead">${answerLevel(answer)} <small>${levelUnit(search.vary)}</small></p>
    <p class="quiet">${interval === null ? '' : `95 % interval ${interval}`}${rests}</p>
    <p><span class="word ${TONES[answer.outcome]}">${OUTCOME_WORDS[answer.outcome]}</span></p>
    <p>${withMicro(answer.sentence)}</p>
  </li>`;
}

/** `a load is held where p99<100ms and missed=0 hold`. */
function taskText(search: SearchPlan): string {
  const { slos, min, max } = search;
  return `Searched from ${formatLevel(min)} to ${amountText(search, max)} at ${workloadText(search)}. A load counts as held where a trial meets ${enumerate(slos.map(({ text }) => text))} and breaks no gate.`;
}

/** What each transport holds, in plain words. */
export const answers: Section<SearchView> = {
  id: 'answers',
  title: 'What it holds',
  short: 'Answers',
  render(view) {
    const { result, standing } = view;
    const { unsearched } = standing;
    return html`<p class="glance">${taskText(result.search)}</p>
      ${
        result.answers.length === 0
          ? html`<p class="notice">No step was finished, so nothing is known. The command above repeats the search.</p>`
          : html`<ul class="answers">
              ${result.answers.map((answer) => card(answer, view))}
            </ul>`
      }
      ${
        unsearched.length > 0 && result.answers.length > 0
          ? html`<p class="notice">Not searched before it was stopped: ${enumerate(unsearched)}.</p>`
          : null
      }`;
  },
};
