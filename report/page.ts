import { createHash } from 'node:crypto';
import type { Assets } from './bundle.ts';
import { escapeHtml, html, type Markup } from './html.ts';
import { jsonIsland } from './json-island.ts';
import { header } from './sections/header.ts';
import { SECTIONS } from './sections/index.ts';
import { markStyles } from './sections/mark.ts';
import type { ReportView } from './sections/section.ts';

const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

const ICON =
  'data:image/svg+xml,%3Csvg xmlns=%22http://www.w3.org/2000/svg%22 viewBox=%220 0 16 16%22%3E%3Cpath d=%22M1 13h3V7h3v6h2V3h3v10h3%22 fill=%22none%22 stroke=%22%230072B2%22 stroke-width=%222%22/%3E%3C/svg%3E';

function body(view: ReportView): Markup {
  const parts = SECTIONS.flatMap(({ id, title, render }) => {
    const content = render(view);
    return content === null ? [] : [{ id, title, content }];
  });
  return html`<a class="skip" href="#main">Skip to the figures</a>
    ${header(view)}
    <nav aria-label="Sections">
      <ul>
        ${parts.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}
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
    <footer>
      Made by pushbench ${view.result.run.version} from ${view.result.run.id}. This file is complete in itself.
    </footer>`;
}

/**
 * The whole document. Nothing in it may be fetched: the policy allows this script and these styles by their hashes,
 * and pictures only from the page itself.
 */
export function page(view: ReportView, { script, styles }: Assets): string {
  const css = `${styles}${markStyles(view.page)}`;
  const js = script.trim();
  const policy = [
    "default-src 'none'",
    `script-src ${hash(js)}`,
    `style-src ${hash(css)}`,
    'img-src data: blob:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const title = `${view.result.run.label || view.result.run.id} – pushbench report`;
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    '<meta name="referrer" content="no-referrer">',
    `<title>${escapeHtml(title)}</title>`,
    `<link rel="icon" href="${escapeHtml(ICON)}">`,
    `<style>${css}</style>`,
    '</head>',
    '<body>',
    body(view).source,
    `<script type="application/json" id="data">${jsonIsland(view.page)}</script>`,
    `<script>${js}</script>`,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}
