import { pageHead, pagePolicy } from '../server/page/page-head.ts';
import { escapeHtml } from './html.ts';

/**
 * The document up to its body. Its policy allows nothing but these styles and this script, by their hashes, and pictures
 * from the page itself.
 *
 * @param script of the page; `null` where it has none, and then none is allowed
 */
export function documentHead(title: string, styles: string, script: string | null): string {
  const policy = pagePolicy(styles, script, 'data: blob:').join('; ');
  return pageHead(escapeHtml(title), styles, [
    `<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}">`,
    '<meta name="referrer" content="no-referrer">',
  ]);
}
