import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';
import { bundlePage, bundleStyles, type Assets } from '../server/page/bundle.ts';
import { pageSheets } from './style-sheets.ts';

export type { Assets };

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
