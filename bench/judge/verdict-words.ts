// Names and loads as verdicts write them. Sentences are made here and in their own files, nowhere else: the terminal
// and the report print them as they are.
import { visible } from '../basics/shown.ts';
import { networkWords } from '../result/network.ts';
import type { LoadLevel } from '../result/schema.ts';
import { METRICS } from './metrics.ts';
import { MANY_BLOCKS } from './projection.ts';
import { enumerate, formatBytes, formatCount, plural } from '../basics/amounts.ts';

/** `At 2,000 clients, 10 ticks/s, 128 B, on one machine`: whatever --host is, it is an address of this one. */
export function loadText({ clients, rateHz, payloadBytes, network }: LoadLevel): string {
  const ticks = Number.isInteger(rateHz) ? formatCount(rateHz) : String(rateHz);
  return `At ${plural(clients, 'client')}, ${ticks} ${rateHz === 1 ? 'tick' : 'ticks'}/s, ${formatBytes(payloadBytes)}${network ? `, ${visible(networkWords(network))}` : ''}, on one machine`;
}

/** A verdict's sentence without its {@link loadText}, or an earlier wording of it, which has no colon either. */
export function withoutLoad(sentence: string): string {
  return sentence.replace(/^At [^:]*: /, '');
}

/** `SSE's p99`; of a name that ends with a figure `the p99 of polling @ 250ms`. */
export function figureOf(label: string, figure: string): string {
  return label.includes('@') ? `the ${figure} of ${label}` : `${label}'s ${figure}`;
}

/** What another figure of the same kind is called: `long polling's`, `that of polling @ 250ms`. */
export function thatOf(label: string): string {
  return label.includes('@') ? `that of ${label}` : `${label}'s`;
}

/** `95 % interval … , corrected for 6 comparisons, 8 blocks`: how sure a difference is. */
export function certainty(interval: string, family: number, blocks: number): string {
  const corrected = family > 1 ? `, corrected for ${family} comparisons` : '';
  return `95 % interval ${interval}${corrected}, ${plural(blocks, 'block')}`;
}

/** Why trials did not count, for people: `AGENT_SATURATED in 3 trials`. */
export function causesText(causes: readonly { code: string; trials: number }[]): string {
  const codes = causes.map(({ code, trials }) => `${code} in ${plural(trials, 'trial')}`);
  const generator = causes.some(({ code }) => code.startsWith('AGENT_'));
  return generator ? `the load generator, not the server, was the limit (${enumerate(codes)})` : enumerate(codes);
}

/** `About 6 more blocks would settle it`. */
export function outlookText(moreBlocks: number): string {
  if (moreBlocks >= MANY_BLOCKS) return `More than 100 more blocks would be needed to settle it`;
  return `About ${plural(moreBlocks, 'more block')} would settle it`;
}

/** The unit in which a metric is stored. */
export function unitOf(metric: string): string {
  return METRICS.find(({ id }) => id === metric)?.unit ?? '';
}

/** For a sentence that goes on behind a semicolon. */
export function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
