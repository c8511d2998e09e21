// How people write quantities on the command line, and how figures are written for people.

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

/** Milliseconds as a clock shows them: `01:48`, from an hour on `1:02:03`; rounded to seconds, never negative. */
export function formatClock(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const hours = Math.floor(seconds / 3600);
  const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return hours === 0 ? rest : `${hours}:${rest}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

/** An integer with its thousands apart: `1,000`. Others are rounded. */
export function formatCount(value: number): string {
  return String(Math.round(value)).replaceAll(/\B(?=(\d{3})+$)/g, ',');
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

/** Microseconds in the unit that reads best: `12.3 us`, `1.23 ms`, `4.56 s`. */
export function formatMicros(us: number): string {
  const size = Math.abs(us);
  // 999.5 and more would be written as 1,000 of the smaller unit
  if (size < 999.5) return `${formatFigure(us)} us`;
  if (size < 999_500) return `${formatFigure(us / 1000)} ms`;
  return `${formatFigure(us / 1e6)} s`;
}

/** Bytes in the binary unit that reads best: `128 B`, `1.50 KiB`, `12.3 MiB`, `4.56 GiB`, up to `PiB`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  let value = bytes;
  let unit = 0;
  while (Math.abs(value) >= 1023.5 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${formatFigure(value)} ${units[unit]}`;
}
