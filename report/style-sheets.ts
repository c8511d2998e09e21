import { BASE } from '../server/page/style-sheets.ts';

const here = (name: string) => new URL(name, import.meta.url);

/** The style sheets of a page, in their order: those that all pages of reports share, and those that it has besides. */
export function pageSheets(...more: readonly URL[]): URL[] {
  return [BASE, here('styles.css'), ...more];
}

/** For drawings that need no script. */
export const PLOT_STYLES = here('plot/styles.css');
