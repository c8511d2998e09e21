import { createHash } from 'node:crypto';
import { escapeHtml } from './html.ts';

const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

const ICON =
  'data:image/svg+xml,%3Csvg xmlns=%22http://www.w3.org/2000/svg%22 viewBox=%220 0 16 16%22%3E%3Cpath d=%22M1 13h3V7h3v6h2V3h3v10h3%22 fill=%22none%22 stroke=%22%230072B2%22 stroke-width=%222%22/%3E%3C/svg%3E';

/**
 * The document up to its body. Its policy allows nothing but these styles and this script, by their hashes, and pictures
 * from the page itself.
 *
 * @param script of the page; `null` where it has none, and then none is allowed
 */
export function documentHead(title: string, styles: string, script: string | null): string {
  const policy = [
    "default-src 'none'",
    ...(script === null ? [] : [`script-src ${hash(script)}`]),
    `style-src ${hash(styles)}`,
    'img-src data: blob:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
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
    `<style>${styles}</style>`,
    '</head>',
    '<body>',
  ].join('\n');
}
