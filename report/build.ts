import type { RunResult } from '../bench/result/schema.ts';
import { jsonIsland } from '../server/page/html.ts';
import { pageAssets } from './bundle.ts';
import { pageBody, reportDocument } from './document.ts';
import { embedResult } from './embed.ts';
import { loadsOf } from './figures/load.ts';
import { pageData } from './figures/page-data.ts';
import { standingOf } from './figures/trust.ts';
import { warningsOf } from './figures/warnings.ts';
import { stylesOf } from './plot/look.ts';
import { header } from './sections/header.ts';
import { SECTIONS } from './sections/index.ts';

/** A report is at most so long, where the figures allow it. */
const MAX_BYTES = 1_000_000;

/**
 * Returns the report of a run as one HTML document without any external reference. An empty, interrupted or wholly
 * invalid run gives a page that says so. Throws a `PushbenchError` when a histogram cannot be decoded.
 */
export async function buildReport(result: RunResult): Promise<string> {
  const page = pageData(result);
  const view = { result, loads: loadsOf(result), standing: standingOf(result), warnings: warningsOf(result), page };
  const { script, styles } = await pageAssets();
  const body = pageBody(header(view), SECTIONS, view, result.run);
  // where none of them can plan, the page says why already
  const canPlan = page.models.some(({ cpu, memory }) => cpu.kind === 'fit' && memory.kind === 'fit');
  const document = (embedded: string) =>
    reportDocument(`${page.title} – pushbench report`, `${styles}${stylesOf(page.transports)}`, script, body, [
      `<script type="application/json" id="data">${jsonIsland({ ...page, models: canPlan ? page.models : [] })}</script>`,
      embedded,
    ]);
  const { content, base64 } = embedResult(result, MAX_BYTES - Buffer.byteLength(document('')));
  return document(`<script type="application/gzip" id="result" data-content="${content}">${base64}</script>`);
}
