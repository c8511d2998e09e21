// The numbers that a reader may ask the page about, typed into a field or written into a link.

/** What is counted; everything else may be a fraction. */
const COUNTS: ReadonlySet<string> = new Set(['clients', 'payloadBytes', 'maxClients']);

/** Whether the amount of that name is a whole number. */
export const isCount = (name: string): boolean => COUNTS.has(name);

/** Less and more than anybody has. */
const [LEAST, MOST] = [1e-6, 1e12];

/** Whether that may be the amount of that name: anything else is no question. */
export function isAmount(name: string, value: number): boolean {
  return value >= LEAST && value <= MOST && (!isCount(name) || Number.isInteger(value));
}
