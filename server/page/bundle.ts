import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'esbuild';

/** What a page carries in itself. */
export type Assets = { readonly script: string; readonly styles: string };

/**
 * Bundles a page's script from its TypeScript entry, with all that it imports, and joins its style sheets; both minified
 * and ready to stand in the page, where a policy can name them by their hashes. Throws on a mistake in them.
 *
 * Node could strip the types of each file and serve them one by one; then opening a page would take as many requests as
 * there are modules, over the very connections that the page is about.
 */
export async function bundlePage(
  entry: URL,
  styleSheets: readonly URL[],
  plugins: readonly Plugin[] = [],
): Promise<Assets> {
  const { build } = await import('esbuild');
  const [bundled, styles] = await Promise.all([
    build({
      entryPoints: [fileURLToPath(entry)],
      bundle: true,
      minify: true,
      write: false,
      format: 'iife',
      target: 'es2022',
      charset: 'utf8',
      plugins: [...plugins],
      legalComments: 'inline', // Chart.js's licence asks for its notice
      logLevel: 'silent',
    }),
    bundleStyles(styleSheets),
  ]);
  return { script: (bundled.outputFiles[0]?.text ?? '').trim(), styles };
}

/** Joins a page's style sheets as they are: what all pages share, those of reports as well, and its own. Throws where one cannot be read. */
export async function joinStyles(styleSheets: readonly URL[]): Promise<string> {
  const base = new URL('base.css', import.meta.url);
  const sheets = await Promise.all([base, ...styleSheets].map((sheet) => readFile(sheet, 'utf8')));
  return sheets.join('\n');
}

/** The same, minified. */
export async function bundleStyles(styleSheets: readonly URL[]): Promise<string> {
  const { transform } = await import('esbuild');
  const { code } = await transform(await joinStyles(styleSheets), { loader: 'css', minify: true, charset: 'utf8' });
  return code;
}
