import { bundlePage, type Assets } from '../server/demo/bundle.ts';

export type { Assets };

const here = (name: string) => new URL(name, import.meta.url);

let assets: Promise<Assets> | null = null;

/** The page's script (Chart.js included) and styles, minified; made once per process. Throws on a mistake in them. */
export function pageAssets(): Promise<Assets> {
  assets ??= bundlePage(here('browser/main.ts'), [here('styles.css')]);
  return assets;
}
