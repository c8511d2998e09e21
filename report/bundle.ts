import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build, transform, type Plugin } from 'esbuild';

export type Assets = { readonly script: string; readonly styles: string };

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** The page's styles, minified. */
export async function pageStyles(): Promise<string> {
  const css = await readFile(here('styles.css'), 'utf8');
  const { code } = await transform(css, { loader: 'css', minify: true, charset: 'utf8' });
  return code;
}

/** The schema as the page needs it to check a file: what its parts mean stays outside. */
const schemaWithoutWords: Plugin = {
  name: 'schema-without-words',
  setup(bundling) {
    bundling.onLoad({ filter: /result\.schema\.json$/ }, async ({ path }) => ({
      loader: 'json',
      contents: JSON.stringify(JSON.parse(await readFile(path, 'utf8')), (key, value: unknown) =>
        key === 'description' && typeof value === 'string' ? undefined : value,
      ),
    }));
  },
};

async function assemble(): Promise<Assets> {
  const [bundled, styles] = await Promise.all([
    build({
      entryPoints: [here('browser/main.ts')],
      bundle: true,
      minify: true,
      write: false,
      format: 'iife',
      target: 'es2022',
      charset: 'utf8',
      plugins: [schemaWithoutWords],
      legalComments: 'inline', // Chart.js's licence asks for its notice
      logLevel: 'silent',
    }),
    pageStyles(),
  ]);
  return { script: bundled.outputFiles[0]?.text ?? '', styles };
}

let assets: Promise<Assets> | null = null;

/** The page's script (Chart.js included) and styles, minified; made once per process. Throws on a mistake in them. */
export function pageAssets(): Promise<Assets> {
  assets ??= assemble();
  return assets;
}
