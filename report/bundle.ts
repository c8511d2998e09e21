import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';
import { bundlePage, bundleStyles, type Assets } from '../server/page/bundle.ts';

const here = (name: string) => new URL(name, import.meta.url);

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

/** For drawings that need no script. */
export const PLOT_STYLES = here('plot/styles.css');

/** The style sheets of a page besides the base, in their order: those that all reports share, and its own. */
export function pageSheets(...more: readonly URL[]): URL[] {
  return [here('styles.css'), ...more];
}

/** The styles of a page, with those that it has besides, minified. */
export function pageStyles(...more: readonly URL[]): Promise<string> {
  return bundleStyles(pageSheets(...more));
}

let assets: Promise<Assets> | null = null;

/** The page's script (Chart.js included) and styles, minified; made once per process. Throws on a mistake in them. */
export function pageAssets(): Promise<Assets> {
  assets ??= bundlePage(here('browser/main.ts'), pageSheets(), [schemaWithoutWords]);
  return assets;
}
