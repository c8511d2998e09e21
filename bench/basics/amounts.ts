// How people write quantities on the command line, and how figures are written for people, in a terminal and in a report alike.
// Runs in a browser too: no import of Node.
import { formatCount } from '../../server/page/words.ts';

export { enumerate, formatCount, plural } from '../../server/page/words.ts';

/** What became of a text that a person wrote: its value, or the rest of a sentence that says what is wrong with it. */
export type Parsed<T> = { readonly value: T } | { readonly problem: string };

const NUMBER = String.raw`(\d+(?:\.\d+)?)`;
const DURATION = new RegExp(`^${NUMBER}(ms|s|m|h)$`);
const SIZE = new RegExp(`^${NUMBER}(k?)$`);
const RATE = new RegExp(`^${NUMBER}(k?)(?:/s)?$`);
const BARE_NUMBER = new RegExp(`^${NUMBER}$`);

const MS_PER = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;

/** Milliseconds of `500ms`, `3s`, `1.5s`, `2m` or `1h`; whole ones only. A number without a unit is a problem. */
export function parseDuration(text: string): Parsed<number> {
  const match = DURATION.exec(text);
  if (!match) {
    return BARE_NUMBER.test(text)
      ? { problem: `has no unit; write ${text}s or ${text}ms` }
      : { problem: 'is not a duration such as 500ms, 3s or 2m' };
  }
  return whole(Number(match[1]) * MS_PER[match[2] as keyof typeof MS_PER], 'milliseconds');
}

/** Bytes of `128`, `1k` (1,024) or `1.5k`; whole ones only. */
export function parseSize(text: string): Parsed<number> {
  const match = SIZE.exec(text);
  if (!match) return { problem: 'is not a size such as 128 or 1k (1,024 bytes)' };
  return whole(Number(match[1]) * (match[2] ? 1024 : 1), 'bytes');
}

/** The number of `1000`, `10k` (10,000) or `1.5k`; whole ones only. */
export function parseCount(text: string): Parsed<number> {
  const match = SIZE.exec(text);
  if (!match) return { problem: 'is not a whole number such as 1000 or 10k (10,000)' };
  return whole(Number(match[1]) * (match[2] ? 1000 : 1), '');
}

/** Events per second of `10`, `0.5`, `2000/s` or `2k/s`. */
export function parseRate(text: string): Parsed<number> {
  const match = RATE.exec(text);
  if (!match) return { problem: 'is not a number per second such as 10, 0.5 or 2000/s' };
  return { value: Number(match[1]) * (match[2] ? 1000 : 1) };
}

/** Floating point turns 1.001s into 1000.9999999999999 ms: what rounds to a whole number within that error is one. */
function whole(value: number, unit: string): Parsed<number> {
  const rounded = Math.round(value);
  if (value === Number.POSITIVE_INFINITY || Math.abs(value - rounded) <= 1e-9 * Math.max(1, value)) {
    return { value: rounded };
  }
  return { problem: unit === '' ? 'is not a whole number' : `is not a whole number of ${unit}` };
}

/** Milliseconds the way that {@link parseDuration} reads them back, in the largest unit that keeps them whole. */
export function formatDuration(ms: number): string {
  if (ms === 0) return '0s';
  for (const unit of ['h', 'm', 's'] as const) {
    if (ms >= MS_PER[unit] && ms % MS_PER[unit] === 0) return `${ms / MS_PER[unit]}${unit}`;
  }
  return `${ms}ms`;
}

/** Milliseconds as sentences have them: `250 ms`, `1.5 s`, `3 min 20 s`. */
export function spellDuration(ms: number): string {
  if (ms < 1000) return `${formatSetting(ms)} ms`;
  if (ms < 60_000) return `${formatSetting(Math.round(ms / 100) / 10)} s`;
  const seconds = Math.round(ms / 1000);
  return seconds % 60 === 0 ? `${Math.floor(seconds / 60)} min` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** Milliseconds as a clock shows them: `01:48`, from an hour on `1:02:03`; rounded to seconds, never negative. */
export function formatClock(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const hours = Math.floor(seconds / 3600);
  const two = (value: number) => String(value).padStart(2, '0');
  const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return hours === 0 ? rest : `${hours}:${rest}`;
}

/** Three significant digits, thousands apart, never an exponent: `0.0123`, `1.23`, `12.3`, `1,234`. */
export function formatFigure(value: number): string {
  if (!Number.isFinite(value)) return '-';
  if (value === 0) return '0';
  // of the rounded value: 0.9997 is written as 1.00
  const magnitude = Math.floor(Math.log10(Math.abs(Number(value.toPrecision(3)))));
  const digits = Math.min(6, Math.max(0, 2 - magnitude));
  return digits === 0 ? formatCount(value) : value.toFixed(digits);
}

/** About three significant digits with thousands apart, as tables have them; whole digits are never rounded away: `12`, `0.012`. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return 'not a number';
  const size = Math.abs(value);
  if (Number.isInteger(value) && (size >= 10 || size === 0)) return value.toLocaleString('en-US');
  const digits = size >= 99.95 ? 0 : size >= 9.995 ? 1 : size >= 0.9995 ? 2 : null;
  return value.toLocaleString(
    'en-US',
    digits === null
      ? { minimumSignificantDigits: 2, maximumSignificantDigits: 2 }
      : { minimumFractionDigits: digits, maximumFractionDigits: digits },
  );
}

/** How many clients or ticks: `11,200`, `0.500`. */
export function formatLevel(level: number): string {
  return Number.isInteger(level) ? formatCount(level) : formatFigure(level);
}

/** A number as it was set, without added zeros: `10`, `0.5`, `1,000`. */
export function formatSetting(value: number): string {
  return value.toLocaleString('en-US', { maximumSignificantDigits: 6 });
}

/** `2 %`, `0.5 %`, `12.3 %`. */
export function percent(share: number, digits = 3): string {
  return `${Number((share * 100).toPrecision(digits))} %`;
}

/** `+0.900`, `-0.400`, `0`. */
export function signed(text: string): string {
  return text === '0' || text.startsWith('-') ? text : `+${text}`;
}

/**
 * A unit in which stored figures are shown: in sentences from `from` on, where the smaller unit would be written with four
 * digits; in tables from `listedFrom` on, since a column has one unit for all its figures.
 */
type Unit = readonly [name: string, divisor: number, from: number, listedFrom: number];

const UNITS: Readonly<Record<string, readonly Unit[]>> = {
  us: [
    ['s', 1e6, 999_500, 60e6],
    ['ms', 1000, 999.5, 1000],
    ['us', 1, 0, 0],
  ],
  bytes: [
    ['PiB', 1024 ** 5, 1023.5 * 1024 ** 4, Infinity],
    ['TiB', 1024 ** 4, 1023.5 * 1024 ** 3, Infinity],
    ['GiB', 1024 ** 3, 1023.5 * 1024 ** 2, 4 * 1024 ** 3],
    ['MiB', 1024 ** 2, 1023.5 * 1024, 10 * 1024 ** 2],
    ['KiB', 1024, 1023.5, 4096],
    ['B', 1, 0, 0],
  ],
  ratio: [['%', 0.01, 0, 0]],
  count: [['', 1, 0, 0]],
};

const unitsOf = (unit: string) => UNITS[unit] ?? [[unit, 1, 0, 0] as const];

/** Quantities of one unit for one sentence: all in the unit that suits the first, so that it need stand there only once. */
export function quantities(unit: string, first: number, ...others: number[]): { texts: string[]; unit: string } {
  const units = unitsOf(unit);
  const [name, divisor] = units.find(([, , from]) => Math.abs(first) >= from) ?? units.at(-1)!;
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

/** Microseconds in the unit that reads best: `12.3 us`, `1.23 ms`, `4.56 s`. */
export const formatMicros = (us: number): string => quantity('us', us);

/** Bytes in the binary unit that reads best: `128 B`, `1.50 KiB`, `12.3 MiB`, `4.56 GiB`, up to `PiB`. */
export const formatBytes = (bytes: number): string => quantity('bytes', bytes);

/** How a column or an axis shows stored figures: divided, with one unit for all, so that they can be compared by eye. */
export type Scale = { readonly unit: string; readonly divisor: number };

/** The scale that suits the largest of the values, given their stored unit (`us`, `bytes`, `ratio`, `count`, …). */
export function scaleFor(unit: string, values: readonly number[]): Scale {
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const units = unitsOf(unit);
  const [name, divisor] = units.find(([, , , from]) => largest >= from) ?? units.at(-1)!;
  return { unit: name === 'us' ? 'µs' : name, divisor };
}

/** The figure in the scale's unit, without naming it. A share never claims more than there is: 0.99999 is 99.999 %, not 100 %. */
export function formatIn({ unit, divisor }: Scale, value: number): string {
  if (unit === '%' && value > 0 && value < 1)
    return (Math.floor(value * 1e5 + 1e-7) / 1e3).toLocaleString('en-US', { maximumFractionDigits: 3 });
  // Counts are whole things: 3, not 3.00.
  if (unit === '' && Number.isInteger(value)) return value.toLocaleString('en-US');
  return formatNumber(value / divisor);
}

/** One figure with its own best unit, as tables have it: `4.10 ms`, `9.20 KiB`, `100 %`. */
export function humanise(unit: string, value: number): string {
  const scale = scaleFor(unit, [value]);
  return `${formatIn(scale, value)} ${scale.unit}`.trimEnd();
}

/** A sentence that was made for terminals too, which may not know the letter: `12 us` becomes `12 µs`. */
export function withMicro(sentence: string): string {
  return sentence.replaceAll(/(?<=\d) us\b/g, ' µs');
}
