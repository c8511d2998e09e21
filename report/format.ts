// How figures are written, in the tables at build time and in the charts in the browser alike.

/** How a column or an axis shows stored figures: divided, with one unit for all, so that they can be compared by eye. */
export type Scale = { readonly unit: string; readonly divisor: number };

const SCALES: Readonly<Record<string, readonly (Scale & { readonly from: number })[]>> = {
  us: [
    { unit: 's', divisor: 1_000_000, from: 60_000_000 },
    { unit: 'ms', divisor: 1000, from: 1000 },
    { unit: 'µs', divisor: 1, from: 0 },
  ],
  bytes: [
    { unit: 'GiB', divisor: 1024 ** 3, from: 4 * 1024 ** 3 },
    { unit: 'MiB', divisor: 1024 * 1024, from: 10 * 1024 * 1024 },
    { unit: 'KiB', divisor: 1024, from: 4096 },
    { unit: 'B', divisor: 1, from: 0 },
  ],
  ratio: [{ unit: '%', divisor: 0.01, from: 0 }],
  count: [{ unit: '', divisor: 1, from: 0 }],
};

/** The scale that suits the largest of the values, given their stored unit (`us`, `bytes`, `ratio`, `count`, …). */
export function scaleFor(unit: string, values: readonly number[]): Scale {
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const scales = SCALES[unit] ?? [{ unit, divisor: 1, from: 0 }];
  const { unit: shown, divisor } = scales.find((scale) => largest >= scale.from) ?? { unit, divisor: 1 };
  return { unit: shown, divisor };
}

/** About three significant digits with thousands separators; whole digits are never rounded away. */
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

/** A share in percent that never claims more than there is: 0.99999 is 99.999 %, not 100 %. */
function formatShare(ratio: number): string {
  if (ratio >= 1 || ratio <= 0) return formatNumber(ratio * 100);
  return (Math.floor(ratio * 1e5 + 1e-7) / 1e3).toLocaleString('en-US', { maximumFractionDigits: 3 });
}

/** The figure in the scale's unit, without naming it. */
export function formatIn(scale: Scale, value: number): string {
  if (scale.unit === '%') return formatShare(value);
  // Counts are whole things: 3, not 3.00.
  if (scale.unit === '' && Number.isInteger(value)) return value.toLocaleString('en-US');
  return formatNumber(value / scale.divisor);
}

/** One figure with its own best unit: `4.10 ms`, `9.2 KiB`, `100 %`. */
export function humanise(unit: string, value: number): string {
  const scale = scaleFor(unit, [value]);
  return scale.unit === '' ? formatIn(scale, value) : `${formatIn(scale, value)} ${scale.unit}`;
}

/** A whole number with thousands separators. */
export function formatCount(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** A number as it was set, without added zeros: `10`, `0.5`, `1,000`. */
export function formatSetting(value: number): string {
  return value.toLocaleString('en-US', { maximumSignificantDigits: 6 });
}

/** A duration as people write it: `250 ms`, `1.5 s`, `3 min 20 s`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 1000) return `${formatSetting(milliseconds)} ms`;
  if (milliseconds < 60_000) return `${formatSetting(Math.round(milliseconds / 100) / 10)} s`;
  const seconds = Math.round(milliseconds / 1000);
  return seconds % 60 === 0 ? `${Math.floor(seconds / 60)} min` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** `1 trial`, `2 trials`. */
export function plural(count: number, singular: string, several = `${singular}s`): string {
  return `${formatCount(count)} ${count === 1 ? singular : several}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listing(words: readonly string[]): string {
  return words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** A sentence that was made for terminals too, which may not know the letter: `12 us` becomes `12 µs`. */
export function withMicro(sentence: string): string {
  return sentence.replaceAll(/(?<=\d) us\b/g, ' µs');
}
