import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build, transform } from 'esbuild';

export type Assets = { readonly script: string; readonly styles: string };

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));

async function assemble(): Promise<Assets> {
  const [bundled, css] = await Promise.all([
    build({
      entryPoints: [here('browser/main.ts')],
      bundle: true,
      minify: true,
      write: false,
      format: 'iife',
      target: 'es2022',
      charset: 'utf8',
      legalComments: 'inline', // Chart.js's licence asks for its notice
      logLevel: 'silent',
    }),
    readFile(here('styles.css'), 'utf8'),
  ]);
  const { code } = await transform(css, { loader: 'css', minify: true, charset: 'utf8' });
  return { script: bundled.outputFiles[0]?.text ?? '', styles: code };
}

let assets: Promise<Assets> | null = null;

/** The page's script (Chart.js included) and styles, minified; made once per process. Throws on a mistake in them. */
export function pageAssets(): Promise<Assets> {
  assets ??= assemble();
  return assets;
}
