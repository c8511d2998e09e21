import { unsaidIn } from '../figures/unsaid.ts';
import type { LoadLevel, PairVerdict, RankingVerdict, Verdict } from '../../bench/result/schema.ts';
import { QUESTIONS } from '../../bench/judge/questions.ts';
import { loadText, withoutLoad } from '../../bench/judge/verdict-words.ts';
import { sameLoad } from '../../bench/result/cell.ts';
import { focusOf } from '../figures/load.ts';
import type { Section } from './section.ts';
import { plural, withMicro } from '../../bench/basics/amounts.ts';
import { html, type Markup } from '../../server/page/html.ts';

/** Of a ranking, and of those that are held against a baseline. */
const WORDS = {
  ranked: 'Ranked',
  partly: 'Partly ranked',
  'cannot-tell': 'Cannot tell',
  withheld: 'No verdict',
} as const satisfies Record<RankingVerdict['outcome'], string>;

const AGAINST_WORDS = { ...WORDS, ranked: 'Told', partly: 'Partly told' };

function ranked({ kind, outcome, sentence }: RankingVerdict): Markup {
  const words = kind === 'ranking' ? WORDS : AGAINST_WORDS;
  return html`<p><strong class="outcome ${outcome}">${words[outcome]}.</strong> ${withMicro(sentence)}</p>`;
}

/** The sentence on a pair where its load stands above it. */
const statement = ({ sentence }: PairVerdict) => capitalised(withoutLoad(sentence));

const capitalised = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

const isSame = (a: { readonly label: string }, b: { readonly label: string }) => a.label === b.label;

/**
 * What keeps the first tier from the second: of the pairs across that border the one whose members are nearest to it. Its
 * load stands in the ranking already.
 */
function border({ tiers, load }: RankingVerdict, pairs: readonly PairVerdict[]): Markup | null {
  const [last, next] = [tiers[0]?.competitors.at(-1), tiers[1]?.competitors[0]];
  if (last === undefined || next === undefined) return null;
  const pair = pairs.find(
    ({ a, b, load: other }) =>
      sameLoad(load, other) && ((isSame(a, last) && isSame(b, next)) || (isSame(a, next) && isSame(b, last))),
  );
  return pair === undefined ? null : html`<p class="border">${withMicro(statement(pair))}</p>`;
}

/** A card: the ranking at the load shown first, with its uncertainty; behind it the other loads, and every pair. */
function card(
  question: (typeof QUESTIONS)[number],
  verdicts: readonly Verdict[],
  focus: LoadLevel | undefined,
): Markup | null {
  const own = verdicts.filter((verdict) => verdict.question === question.id);
  const rankings = own.filter(
    (verdict): verdict is RankingVerdict => verdict.kind === 'ranking' || verdict.kind === 'against',
  );
  const pairs = own.filter((verdict): verdict is PairVerdict => verdict.kind === 'pair');
  const byDesign = own.filter((verdict) => verdict.kind === 'by-design');
  if (own.length === 0) return null;
  const first = rankings.find(({ load }) => focus !== undefined && sameLoad(load, focus)) ?? rankings[0];
  const others = rankings.filter((ranking) => ranking !== first);
  return html`<li class="verdict">
    <h3>${question.title}</h3>
    ${first === undefined ? null : [ranked(first), border(first, pairs)]}
    ${byDesign.map(({ sentence }) => html`<p><strong class="outcome">By design.</strong> ${sentence}</p>`)}
    ${
      others.length === 0
        ? null
        : html`<details>
            <summary>${plural(others.length, 'more load')}</summary>
            ${others.map(ranked)}
          </details>`
    }
    ${
      pairs.length === 0
        ? null
        : html`<details>
            <summary>${plural(pairs.length, 'pair')}, each with its interval</summary>
            ${[...Map.groupBy(pairs, ({ load }) => loadText(load))].map(
              ([load, ofLoad]) =>
                html`<p>${load}:</p>
                  <ul>
                    ${ofLoad.map((pair) => html`<li>${withMicro(statement(pair))}</li>`)}
                  </ul>`,
            )}
          </details>`
    }
  </li>`;
}

/** What the run's trials say about each question, and what they say nothing about. */
export const verdicts: Section = {
  id: 'verdicts',
  title: 'Verdicts',
  render({ result, loads, standing }) {
    if (standing.nothing !== null || result.verdicts.length === 0) return null;
    const focus = focusOf(loads)?.cell;
    return html`<ul class="verdicts">
        ${QUESTIONS.map((question) => card(question, result.verdicts, focus))}
      </ul>
      <p class="quiet">
        Paired by block, exact signed-rank intervals, corrected for all pairs of a question that are compared;
        differences of up to 2 % count as none. The run says nothing about ${unsaidIn(result)}, or browsers: it did not
        measure them.
      </p>`;
  },
};
