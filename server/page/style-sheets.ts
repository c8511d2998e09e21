import { readFile } from 'node:fs/promises';

/** What all pages share, those of reports as well: colours, text, controls, header, tables. Each page adds what is its own. */
export const BASE = new URL('base.css', import.meta.url);

/** Joins style sheets as they are. Throws where one cannot be read. */
export async function joinStyles(styleSheets: readonly URL[]): Promise<string> {
  const sheets = await Promise.all(styleSheets.map((sheet) => readFile(sheet, 'utf8')));
  return sheets.join('\n');
}
