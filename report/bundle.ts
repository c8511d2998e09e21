import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';
import { bundlePage, bundleStyles, type Assets } from '../server/page/bundle.ts';

const here = (name: string) => new URL(name, import.meta.url);

/** Parts that are shorter than this are not worth a reference. */
const SHARED_CHARACTERS = 100;

/** The same schema with each part that stands in it several times written once, under `$defs` (JSON Schema 2020-12, 8.2.4). */
export function sharedParts(schema: object): object {
  const counts = new Map<string, number>();
  const count = (part: unknown): void => {
    if (typeof part !== 'object' || part === null) return;
    if (isSchema(part)) {
      const text = JSON.stringify(part);
      counts.set(text, (counts.get(text) ?? 0) + 1);
      if (counts.get(text)! > 1) return; // what is in it stands once
    }
    Object.values(part).forEach(count);
  };
  count(schema);
  const definitions: Record<string, unknown> = {};
  const names = new Map<string, string>();
  const share = (part: unknown): unknown => {
    if (typeof part !== 'object' || part === null) return part;
    const text = JSON.stringify(part);
    const inner = () =>
      Array.isArray(part)
        ? part.map(share)
        : Object.fromEntries(Object.entries(part).map(([key, value]) => [key, share(value)]));
    if (!isSchema(part) || text.length < SHARED_CHARACTERS || (counts.get(text) ?? 0) < 2) return inner();
    let name = names.get(text);
    if (name === undefined) {
      name = String(names.size);
      names.set(text, name);
      definitions[name] = inner();
    }
    return { $ref: `#/$defs/${name}` };
  };
  return { ...(share(schema) as object), $defs: definitions };
}

/** Of a list, or of the names of properties, a part is none. */
function isSchema(part: object): boolean {
  return (
    !Array.isArray(part) &&
    ['type', 'anyOf', 'enum', 'const'].some(
      (key) => typeof Reflect.get(part, key) === 'string' || Array.isArray(Reflect.get(part, key)),
    )
  );
}

/** The schema as the page needs it to check a file: what its parts mean stays outside. */
const schemaWithoutWords: Plugin = {
  name: 'schema-without-words',
  setup(bundling) {
    bundling.onLoad({ filter: /result\.schema\.json$/ }, async ({ path }) => ({
      loader: 'json',
      contents: JSON.stringify(
        sharedParts(
          JSON.parse(await readFile(path, 'utf8'), (key, value: unknown) =>
            key === 'description' && typeof value === 'string' ? undefined : value,
          ) as object,
        ),
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
