import { createHash } from 'node:crypto';
import { html, type Content } from './html.ts';

const ICON =
  'data:image/svg+xml,%3Csvg xmlns=%22http://www.w3.org/2000/svg%22 viewBox=%220 0 16 16%22%3E%3Cpath d=%22M1 13h3V7h3v6h2V3h3v10h3%22 fill=%22none%22 stroke=%22%230072B2%22 stroke-width=%222%22/%3E%3C/svg%3E';

const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/**
 * What any page may do, as the directives of a policy: nothing but apply these styles and run this script, by their hashes, and
 * show pictures from these sources.
 *
 * @param script of the page; `null` where it has none, and then none is allowed
 */
export function pagePolicy(styles: string, script: string | null, pictures: string): string[] {
  return [
    "default-src 'none'",
    ...(script === null ? [] : [`script-src ${hash(script)}`]),
    `style-src ${hash(styles)}`,
    `img-src ${pictures}`,
    "base-uri 'none'",
    "form-action 'none'",
  ];
}

/**
 * A whole document.
 *
 * @param metas what else it says before it loads anything
 */
export function pageDocument(title: string, styles: string, metas: Content, body: readonly string[]): string {
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    html`<meta charset="utf-8" />
      ${metas}
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <title>${title}</title>`.source,
    `<link rel="icon" href="${ICON}">`,
    `<style>${styles}</style>`,
    '</head>',
    '<body>',
    ...body,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}
