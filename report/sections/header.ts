import type { Environment, RunInfo } from '../../bench/result/schema.ts';
import type { Standing } from '../figures/trust.ts';
import type { ReportView } from './section.ts';
import { spellDuration } from '../../bench/basics/amounts.ts';
import { definitions, html, joined, type Markup } from '../../server/page/html.ts';

const BADGES = {
  valid: { word: 'VALID', path: 'M3.5 8.5 6.5 11.5 12.5 4.5' },
  caution: { word: 'CAUTION', path: 'M8 3.5V9M8 11.6V12.6' },
  invalid: { word: 'INVALID', path: 'M4 4 12 12M12 4 4 12' },
} as const;

/** VALID, CAUTION or INVALID, as an icon and a word. */
export function badge(status: keyof typeof BADGES): Markup {
  const { word, path } = BADGES[status];
  return html`<span class="badge ${status}"
    ><svg width="14" height="14" viewBox="0 0 16 16" aria-hidden="true"><path d="${path}" /></svg>${word}</span
  >`;
}

/** `2026-03-02 14:05:09 UTC`, or no finer than the minute; what is no date is shown as it is. */
export function utc(iso: string, to: 'minute' | 'second' = 'second'): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime())
    ? iso
    : `${date
        .toISOString()
        .slice(0, to === 'minute' ? 16 : 19)
        .replace('T', ' ')} UTC`;
}

/** A command with a button that copies it; the button appears with JavaScript only. */
export function command(text: string): Markup {
  return html`<div class="command">
    <code tabindex="0" role="region" aria-label="Command that repeats this run"
      >${joined(
        // Lines break between the words of a command, not within `--flag`.
        text.split(' ').map((word) => html`<span>${word}</span>`),
        ' ',
      )}</code
    ><button type="button" data-copy hidden>Copy</button>
  </div>`;
}

/** What any of the pages says of itself first. */
type Opening = {
  /** What kind of page it is. */
  readonly brand: string;
  readonly title: string;
  readonly run: RunInfo;
  readonly environment: Environment;
  readonly standing: Pick<Standing, 'status' | 'why'>;
  /** The ways to its data. */
  readonly exports: Markup;
};

/** What ran, when, on which versions, how it is repeated, and whether it can be relied on. */
export function opening({ brand, title, run, environment, standing, exports }: Opening): Markup {
  const tookMs = run.finishedAt === null ? NaN : Date.parse(run.finishedAt) - Date.parse(run.startedAt);
  return html`<header>
    <div class="title">
      <div>
        <p class="brand">${brand}</p>
        <h1>${title}</h1>
      </div>
      <p class="standing">${badge(standing.status)} <span>${standing.why}</span></p>
    </div>
    <dl class="facts">
      ${definitions([
        ['Started', html`<time datetime="${run.startedAt}">${utc(run.startedAt)}</time>`],
        ['Took', Number.isFinite(tookMs) ? spellDuration(tookMs) : 'not finished'],
        ['Run', run.id],
        [
          'pushbench',
          [run.version, run.commit === null ? null : html` · commit <code>${run.commit.slice(0, 12)}</code>`],
        ],
        ['Node', environment.node],
        ['Machine', `${environment.cpuModel} · ${environment.cores} cores`],
      ])}
    </dl>
    ${command(run.command)}
    <p class="exports">${exports}</p>
  </header>`;
}

/** The header of the report of a run. */
export function header({ result: { run, environment }, standing }: ReportView): Markup {
  const exports = html`<span
      ><a href="result.json">result.json</a> beside this file has every trial with its raw histograms.</span
    >
    <span class="buttons">
      <button type="button" id="save-json" hidden>Save JSON</button>
      <button type="button" id="save-csv" hidden>Save the matrix as CSV</button>
      <button type="button" id="save-trials" hidden>Save the trials as CSV</button>
    </span>`;
  const title = run.label === '' ? run.id : run.label;
  return opening({ brand: 'pushbench report', title, run, environment, standing, exports });
}
