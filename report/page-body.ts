import type { RunInfo } from '../bench/result/schema.ts';
import { html, type Markup } from './html.ts';
import type { Section } from './sections/section.ts';

/** The body of a page: its header, a list of its sections, and these; sections without anything to say are left out. */
export function pageBody<View>(
  header: Markup,
  sections: readonly Section<View>[],
  view: View,
  run: Pick<RunInfo, 'version' | 'id'>,
): Markup {
  const parts = sections.flatMap(({ id, title, short, render }) => {
    const content = render(view);
    return content === null ? [] : [{ id, title, short: short ?? title, content }];
  });
  return html`<a class="skip" href="#main">Skip to the figures</a>
    ${header}
    <nav aria-label="Sections">
      <ul>
        ${parts.map(({ id, short }) => html`<li><a href="#${id}">${short}</a></li>`)}
      </ul>
    </nav>
    <main id="main">
      ${parts.map(
        ({ id, title, content }) =>
          html`<section id="${id}" aria-labelledby="${id}-title">
            <h2 id="${id}-title">${title}</h2>
            ${content}
          </section>`,
      )}
    </main>
    <footer>Made by pushbench ${run.version} from ${run.id}. This file is complete in itself.</footer>`;
}
