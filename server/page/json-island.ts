/**
 * Returns the value as JSON that may stand in a `<script type="application/json">`: nothing in it can end the element,
 * open a comment, or break a line in an older JavaScript parser. `JSON.parse` gives the same value back.
 */
export function jsonIsland(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll('<', '\\u003c')
    .replaceAll('-->', '--\\u003e')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
}
