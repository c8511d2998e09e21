// Runs in the page and in the tests alike: what is used here browsers and Node both have.

/** Where a page keeps the result that it was made from; see `embed.ts`. */
const ISLAND = /id="result" data-content="[\w-]*">([\w+/=]*)</;

/** The text in base64 of what gzip made of it. Rejects where it is neither. */
export function unpack(base64: string): Promise<string> {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))).text();
}

/** The JSON of the result within the text of a report; `null` where there is none. */
export async function jsonOfReport(text: string): Promise<string | null> {
  const base64 = ISLAND.exec(text)?.[1];
  return base64 === undefined ? null : unpack(base64);
}
