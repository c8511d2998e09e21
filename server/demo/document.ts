import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { LOOKS } from '../transports/looks.ts';
import { bundlePage } from './bundle.ts';
import type { PageData } from './protocol.ts';
import { BASE } from './style-sheets.ts';

const here = (name: string) => new URL(name, import.meta.url);

const ICON =
  'data:image/svg+xml,%3Csvg xmlns=%22http://www.w3.org/2000/svg%22 viewBox=%220 0 16 16%22%3E%3Cpath d=%22M1 13h3V7h3v6h2V3h3v10h3%22 fill=%22none%22 stroke=%22%230072B2%22 stroke-width=%222%22/%3E%3C/svg%3E';

const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** JSON that can stand in a script element: nothing in it ends the element. */
const island = (value: unknown) => JSON.stringify(value).replaceAll('<', String.raw`\u003c`);

/** The style rules that give each transport its colour, light and dark. */
function lookStyles(): string {
  const rules = (shade: 'light' | 'dark') =>
    Object.values(LOOKS)
      .map(({ id, colour }) => `.${id}{--hue:${colour[shade]}}`)
      .join('');
  return `${rules('light')}@media screen and (prefers-color-scheme:dark){${rules('dark')}}`;
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
  const fixed = [
    "default-src 'none'",
    `script-src ${hash(script)}`,
    `style-src ${hash(css)}`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  const head = [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    '<title>pushbench live: polling, Server-Sent Events, WebSocket</title>',
    `<link rel="icon" href="${ICON}">`,
    `<style>${css}</style>`,
    '</head>',
    '<body>',
    body,
  ].join('\n');

  return (data, hostname) => {
    const servers = [data.feedPort, data.labPort].flatMap((port) =>
      ['http', 'ws'].map((scheme) => `${scheme}://${hostname}:${port}`),
    );
    return {
      html: `${head}\n<script type="application/json" id="data">${island(data)}</script>\n<script>${script}</script>\n</body>\n</html>\n`,
      policy: [...fixed, `connect-src 'self' ${servers.join(' ')}`].join('; '),
    };
  };
}
