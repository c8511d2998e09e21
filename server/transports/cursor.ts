/**
 * The cursor in a request's `after` parameter or `Last-Event-ID` header: the last sequence number that the client holds.
 *
 * @returns the number, `undefined` where none was sent, or `'malformed'`
 */
export function parseCursor(text: unknown): number | undefined | 'malformed' {
  if (text === undefined || text === '') return undefined;
  if (typeof text !== 'string' || !/^\d{1,15}$/.test(text)) return 'malformed';
  return Number(text);
}
