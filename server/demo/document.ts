import { readFile } from 'node:fs/promises';
import { TRAITS } from '../transports/traits.ts';
import { bundlePage } from '../page/bundle.ts';
import { jsonIsland } from '../page/json-island.ts';
import { pageHead, pagePolicy } from '../page/page-head.ts';
import type { PageData } from './protocol.ts';
import { shadedStyles } from '../page/shades.ts';
import { BASE } from '../page/style-sheets.ts';

const here = (name: string) => new URL(name, import.meta.url);

/** The style rules that give each transport its colour, light and dark. */
function lookStyles(): string {
  return shadedStyles((shade) =>
    Object.values(TRAITS)
      .map(({ look: { id, colour } }) => `.${id}{--hue:${colour[shade]}}`)
      .join(''),
  );
}

/** A page and the policy that it is to be sent with. */
export type LiveDocument = { readonly html: string; readonly policy: string };

/**
 * Reads and bundles the page once, and returns the function that makes it for one session, as it is opened under
 * `hostname`: nothing may run or be fetched but its own script, its own origin and its session's two servers.
 */
export async function liveDocument(): Promise<(data: PageData, hostname: string) => LiveDocument> {
  const [{ script, styles }, body] = await Promise.all([
    bundlePage(here('browser/main.ts'), [BASE, here('styles.css')]),
    readFile(here('page.html'), 'utf8'),
  ]);
  const css = `${styles}${lookStyles()}`;
  const fixed = [...pagePolicy(css, script, 'data:'), "frame-ancestors 'none'"];
  const head = pageHead('pushbench live: polling, Server-Sent Events, WebSocket', css);

  return (data, hostname) => {
    const servers = [data.feedPort, data.labPort].flatMap((port) =>
      ['http', 'ws'].map((scheme) => `${scheme}://${hostname}:${port}`),
    );
    return {
      html: `${head}\n${body}\n<script type="application/json" id="data">${jsonIsland(data)}</script>\n<script>${script}</script>\n</body>\n</html>\n`,
      policy: [...fixed, `connect-src 'self' ${servers.join(' ')}`].join('; '),
    };
  };
}
