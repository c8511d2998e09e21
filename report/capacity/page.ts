import type { CapacityResult } from '../../bench/result/capacity-schema.ts';
import { levelUnit } from '../../bench/run/capacity/answer-words.ts';
import { pageStyles, PLOT_STYLES } from '../bundle.ts';
import { pageBody, reportDocument } from '../document.ts';
import { stylesOf } from '../plot/look.ts';
import { environmentCards } from '../sections/environment.ts';
import { opening } from '../sections/header.ts';
import type { Section } from '../sections/section.ts';
import { answers } from './answers.ts';
import { charts } from './chart.ts';
import { method } from './method.ts';
import { standingOf, type SearchView } from './search-view.ts';
import { steps } from './steps.ts';
import { enumerate } from '../../bench/basics/amounts.ts';
import { html } from '../../server/page/html.ts';

const environment: Section<SearchView> = {
  id: 'environment',
  title: 'Environment',
  render: ({ result: { environment: host, search } }) => environmentCards(host, search.settings, [search.workload]),
};

const SECTIONS: readonly Section<SearchView>[] = [answers, charts, steps, environment, method];

/**
 * A capacity search as one HTML document without any external reference; it needs no script, so its policy allows none. One
 * that was cut short shows what it knows.
 */
export async function capacityPage(result: CapacityResult): Promise<string> {
  const { run, environment: host, search, transports } = result;
  const objectives = enumerate(search.slos.map(({ text }) => text));
  const title = run.label === '' ? `How many ${levelUnit(search.vary)} meet ${objectives}?` : run.label;
  const view = { result, standing: standingOf(result) };
  const exports = html`<span
    ><a href="capacity.json">capacity.json</a> beside this file has every step with its whole trial.</span
  >`;
  const header = opening({
    brand: 'pushbench capacity',
    title,
    run,
    environment: host,
    standing: view.standing,
    exports,
  });
  const styles = await pageStyles(PLOT_STYLES, new URL('styles.css', import.meta.url));
  const body = pageBody(header, SECTIONS, view, run);
  return reportDocument(`${title} – pushbench capacity`, `${styles}${stylesOf(transports)}`, null, body);
}
