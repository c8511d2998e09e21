import type { PairVerdict, RankingVerdict, Verdict } from '../../bench/result/schema.ts';
import { QUESTIONS } from '../../bench/stats/questions.ts';
import { plural } from '../format.ts';
import { html, type Markup } from '../html.ts';
import type { Section } from './section.ts';

const WORDS = {
  ranked: 'Ranked',
  partly: 'Partly ranked',
  'cannot-tell': 'Cannot tell',
  withheld: 'No verdict',
} as const satisfies Record<RankingVerdict['outcome'], string>;

/** A card: the ranking at each load, and behind it the verdict on each pair with its interval. */
function card(question: (typeof QUESTIONS)[number], verdicts: readonly Verdict[]): Markup | null {
  const own = verdicts.filter((verdict) => verdict.question === question.id);
  const rankings = own.filter((verdict): verdict is RankingVerdict => verdict.kind === 'ranking');
  const pairs = own.filter((verdict): verdict is PairVerdict => verdict.kind === 'pair');
  const byDesign = own.filter((verdict) => verdict.kind === 'by-design');
  if (own.length === 0) return null;
  return html`<li class="verdict">
    <h3>${question.title}</h3>
    ${rankings.map(
      ({ outcome, sentence }) =>
        html`<p><strong class="outcome ${outcome}">${WORDS[outcome]}.</strong> ${sentence}</p>`,
    )}
    ${byDesign.map(({ sentence }) => html`<p><strong class="outcome">By design.</strong> ${sentence}</p>`)}
    ${
      pairs.length === 0
        ? null
        : html`<details>
            <summary>${plural(pairs.length, 'pair')}, each with its interval</summary>
            <ul>
              ${pairs.map(({ sentence }) => html`<li>${sentence}</li>`)}
            </ul>
          </details>`
    }
  </li>`;
}

/** What the run's trials say about each question, and what they say nothing about. */
export const verdicts: Section = {
  id: 'verdicts',
  title: 'Verdicts',
  render({ result, standing }) {
    if (standing.nothing !== null || result.verdicts.length === 0) return null;
    return html`<ul class="verdicts">
        ${QUESTIONS.map((question) => card(question, result.verdicts))}
      </ul>
      <p class="quiet">
        Paired by block, exact signed-rank intervals, corrected for all pairs of a question; differences of up to 2 %
        count as none. The run says nothing about TLS, proxies, real networks, browsers or other servers: it did not
        measure them.
      </p>`;
  },
};
