import type { RunInfo } from '../bench/result/schema.ts';
import { pageDocument, pagePolicy } from '../server/page/document.ts';
import { html, type Markup } from '../server/page/html.ts';
import type { Section } from './sections/section.ts';

/**
 * A report as one document without any external reference. Its policy allows nothing but these styles and this script, by
 * their hashes, and pictures from the page itself.
 *
 * @param script of the page; `null` where it has none, and then none is allowed
 * @param islands of data, as HTML
 */
export function reportDocument(
  title: string,
  styles: string,
  script: string | null,
  body: Markup,
  islands: readonly string[] = [],
): string {
  const metas = html`<meta
      http-equiv="Content-Security-Policy"
      content="${pagePolicy(styles, script, 'data: blob:').join('; ')}"
    />
    <meta name="referrer" content="no-referrer" />`;
  const scripts = script === null ? [] : [`<script>${script}</script>`];
  return pageDocument(title, styles, metas, [body.source, ...islands, ...scripts]);
}

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
