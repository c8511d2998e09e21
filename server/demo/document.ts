import { TRAITS } from '../transports/traits.ts';
import { lookStyles } from '../page/marks.ts';
import { bundlePage } from '../page/bundle.ts';
import { pageDocument, pagePolicy } from '../page/document.ts';
import { livePage } from './page.ts';
import type { PageData } from './protocol.ts';
import { jsonIsland } from '../page/html.ts';

const here = (name: string) => new URL(name, import.meta.url);

/** A page and the policy that it is to be sent with. */
export type LiveDocument = { readonly html: string; readonly policy: string };

/**
 * Reads and bundles the page once, and returns the function that makes it for one session, as it is opened under
 * `hostname`: nothing may run or be fetched but its own script, its own origin and its session's two servers.
 */
export async function liveDocument(): Promise<(data: PageData, hostname: string) => LiveDocument> {
  const { script, styles } = await bundlePage(here('browser/main.ts'), [here('styles.css')]);
  const body = livePage().source;
  const looks = Object.values(TRAITS).map(({ look }) => look);
  const css = `${styles}${lookStyles(looks, ({ id }) => id)}`;
  const fixed = [...pagePolicy(css, script, 'data:'), "frame-ancestors 'none'"];

  return (data, hostname) => {
    const servers = [data.feedPort, data.labPort].flatMap((port) =>
      ['http', 'ws'].map((scheme) => `${scheme}://${hostname}:${port}`),
    );
    return {
      html: pageDocument('pushbench live: polling, Server-Sent Events, WebSocket', css, null, [
        body,
        `<script type="application/json" id="data">${jsonIsland(data)}</script>`,
        `<script>${script}</script>`,
      ]),
      policy: [...fixed, `connect-src 'self' ${servers.join(' ')}`].join('; '),
    };
  };
}
