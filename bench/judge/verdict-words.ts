// Quantities and names as verdicts write them. Sentences are made here and in their own files, nowhere else: the terminal
// and the report print them as they are.
import type { LoadLevel } from '../result/schema.ts';
import { METRICS } from './metrics.ts';
import { MANY_BLOCKS } from './projection.ts';
import { formatBytes, formatCount, formatFigure } from '../basics/amounts.ts';

/** `At 2,000 clients, 10 ticks/s, 128 B, on one machine`: whatever --host is, it is an address of this one. */
export function loadText({ clients, rateHz, payloadBytes }: LoadLevel): string {
  const people = clients === 1 ? '1 client' : `${formatCount(clients)} clients`;
  const ticks = Number.isInteger(rateHz) ? formatCount(rateHz) : String(rateHz);
  return `At ${people}, ${ticks} ${rateHz === 1 ? 'tick' : 'ticks'}/s, ${formatBytes(payloadBytes)}, on one machine`;
}

/** A verdict's sentence without its {@link loadText}, or an earlier wording of it, which has no colon either. */
export function withoutLoad(sentence: string): string {
  return sentence.replace(/^At [^:]*: /, '');
}

const SCALES: Readonly<Record<string, readonly (readonly [from: number, divisor: number, unit: string])[]>> = {
  us: [
    [999_500, 1e6, 's'],
    [999.5, 1000, 'ms'],
    [0, 1, 'us'],
  ],
  bytes: [
    [1023.5 * 1024, 1024 ** 2, 'MiB'],
    [1023.5, 1024, 'KiB'],
    [0, 1, 'B'],
  ],
  ratio: [[0, 0.01, '%']],
  count: [[0, 1, '']],
};

/** Quantities of one unit for one sentence: all in the unit that suits the first, so that it need stand there only once. */
export function quantities(unit: string, first: number, ...others: number[]): { texts: string[]; unit: string } {
  const scales = SCALES[unit] ?? [[0, 1, unit] as const];
  const [, divisor, name] = scales.find(([from]) => Math.abs(first) >= from) ?? scales.at(-1)!;
  return {
    texts: [first, ...others].map((value) => formatFigure(value / divisor)),
    unit: name === '' ? '' : ` ${name}`,
  };
}

/** One quantity with its unit. */
export function quantity(unit: string, value: number): string {
  const { texts, unit: name } = quantities(unit, value);
  return `${texts[0]}${name}`;
}

/** `+0.900`, `-0.400`, `0`. */
export function signed(text: string): string {
  return text === '0' || text.startsWith('-') ? text : `+${text}`;
}

/** `2 %`, `0.5 %`, `12.3 %`. */
export function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}

/** `A`, `A and B`, `A, B and C`. */
export function enumerate(names: readonly string[], conjunction: 'and' | 'or' = 'and'): string {
  if (names.length < 2) return names.join('');
  return `${names.slice(0, -1).join(', ')} ${conjunction} ${names.at(-1)}`;
}

/** `SSE's p99`; of a name that ends with a figure `the p99 of polling @ 250ms`. */
export function figureOf(label: string, figure: string): string {
  return label.includes('@') ? `the ${figure} of ${label}` : `${label}'s ${figure}`;
}

/** What another figure of the same kind is called: `long polling's`, `that of polling @ 250ms`. */
export function thatOf(label: string): string {
  return label.includes('@') ? `that of ${label}` : `${label}'s`;
}

/** `1 block`, `8 blocks`. */
export function plural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
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
  return `About ${moreBlocks} more ${moreBlocks === 1 ? 'block' : 'blocks'} would settle it`;
}

/** The unit in which a metric is stored. */
export function unitOf(metric: string): string {
  return METRICS.find(({ id }) => id === metric)?.unit ?? '';
}
