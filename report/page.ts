import { jsonIsland } from '../server/page/json-island.ts';
import type { Assets } from './bundle.ts';
import { documentHead } from './document-head.ts';
import { embedResult } from './embed.ts';
import { html } from './html.ts';
import { pageBody } from './page-body.ts';
import { packPage } from './packed-page.ts';
import { header } from './sections/header.ts';
import { SECTIONS } from './sections/index.ts';
import { markShapes, markStyles } from './sections/mark.ts';
import type { ReportView } from './sections/section.ts';

/** A report is at most so long, where the figures allow it. */
const MAX_BYTES = 1_000_000;

/**
 * The whole document. Nothing in it may be fetched: the policy allows this script and these styles by their hashes,
 * and pictures only from the page itself.
 */
export function page(view: ReportView, { script, styles }: Assets): string {
  const js = script.trim();
  const head = documentHead(
    `${view.result.run.label || view.result.run.id} – pushbench report`,
    `${styles}${markStyles(view.page.transports)}`,
    js,
  );
  const content = [
    pageBody(html`${markShapes()} ${header(view)}`, SECTIONS, view, view.result.run).source,
    `<script type="application/json" id="data">${jsonIsland(packPage(view.page))}</script>`,
  ];
  const end = [`<script>${js}</script>`, '</body>', '</html>', ''];
  const used = Buffer.byteLength([head, ...content, ...end].join('\n'));
  const embedded = embedResult(view.result, MAX_BYTES - used);
  const island = `<script type="application/gzip" id="result" data-content="${embedded.content}">${embedded.base64}</script>`;
  return [head, ...content, island, ...end].join('\n');
}
