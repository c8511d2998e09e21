// What the values of flags are: how each kind is read, and how what is allowed is told.
import { isIP } from 'node:net';
import { formatCount, type Parsed } from '../basics/amounts.ts';
import { quote, visible } from '../basics/shown.ts';
import { formatNetwork, NETWORK_ALLOWED, NO_NETWORK, parseNetwork } from '../result/network.ts';

/** The part of a flag that its kind decides. */
export type Value<T> = {
  /** The values that are allowed, with their unit; of a list, for each entry; empty for a switch. */
  readonly allowed: string;
  /** Takes a comma list. */
  readonly list?: true;
  readonly parse: (text: string) => Parsed<T>;
};

/** Names as DNS has them (RFC 1123, 2.1); never digits and dots alone, which are an address with a mistake. */
const HOST_NAME = /^(?![\d.]+$)(?!.{254})[A-Za-z\d]([A-Za-z\d-]{0,62})(\.[A-Za-z\d]([A-Za-z\d-]{0,62}))*$/;

const MAX_LIST = 32;
const MAX_TEXT = 200;

/** A flag without a value: off where it is not given. */
export const SWITCH = {
  placeholder: null,
  defaultText: 'off',
  allowed: '',
  fallback: () => false,
  parse: () => ({ problem: 'takes no value' }),
} as const;

/**
 * A number between two bounds, both allowed.
 *
 * @param unit in words, where `format` does not say it
 */
export function within(
  parse: (text: string) => Parsed<number>,
  min: number,
  max: number,
  format: (value: number) => string,
  unit = '',
): Value<number> {
  const allowed = `${format(min)} to ${format(max)}${unit && ` ${unit}`}`;
  return {
    allowed,
    parse: (given) => {
      const parsed = parse(given);
      if ('problem' in parsed) return parsed;
      if (parsed.value < min) return { problem: 'is too small' };
      return parsed.value > max ? { problem: 'is too large' } : parsed;
    },
  };
}

/** A value, or a word in its place. */
export function orWord<const W extends string, T>(word: W, value: Value<T>): Value<T | W> {
  return {
    ...value,
    allowed: `${word}, or ${value.allowed}`,
    parse: (given) => (given === word ? { value: word } : value.parse(given)),
  };
}

/** One of a few words. */
export function oneOf<const T extends string>(values: readonly T[]): Value<T> {
  return {
    allowed: values.join(', '),
    parse: (given) => {
      const found = values.find((value) => value === given);
      return found === undefined ? { problem: 'is not one of the choices' } : { value: found };
    },
  };
}

/**
 * Whether a list is rather one number with its thousands apart, as this program writes it: `1,500`, `12,000`. Of the lists that
 * could be meant only those are refused that hardly anyone means: an entry that begins with a zero, or one digit and three.
 */
function isGrouped([first = '', ...rest]: readonly string[]): boolean {
  if (rest.length === 0 || !/^\d{1,3}$/.test(first) || !rest.every((entry) => /^\d{3}$/.test(entry))) return false;
  return rest.some((entry) => entry.startsWith('0')) || (rest.length === 1 && first.length === 1);
}

/** A comma list without gaps and repetitions. */
export function listOf<T extends string | number>(item: Value<T>): Value<T[]> & { placeholder: string } {
  return {
    placeholder: '<list>',
    allowed: item.allowed,
    list: true,
    parse: (given) => {
      const entries = given.split(',');
      if (isGrouped(entries)) {
        const sweep = entries.some((entry) => entry.startsWith('0'))
          ? ''
          : `, a sweep ${entries.toReversed().join(',')}`;
        return { problem: `reads like one number, which is ${entries.join('')}${sweep}` };
      }
      if (entries.length > MAX_LIST) return { problem: `has ${entries.length} entries, more than ${MAX_LIST}` };
      const values: T[] = [];
      const problems: string[] = [];
      for (const entry of entries) {
        const parsed: Parsed<T> = entry === '' ? { problem: 'is empty' } : item.parse(entry);
        if ('problem' in parsed)
          problems.push(entries.length > 1 ? `${quote(entry)} ${parsed.problem}` : parsed.problem);
        else if (values.includes(parsed.value)) problems.push(`${quote(entry)} stands there twice`);
        else values.push(parsed.value);
      }
      return problems.length > 0 ? { problem: problems.join(', ') } : { value: values };
    },
  };
}

/**
 * Any line of text that shows as it is.
 *
 * @param allowed in words
 */
export function text(allowed: string): Value<string> {
  return {
    allowed,
    parse: (given) => {
      if (given.length > MAX_TEXT) return { problem: `is ${given.length} characters long` };
      return visible(given) === given ? { value: given } : { problem: 'has control characters' };
    },
  };
}

/** The path of a page: nothing else is ever written over. */
export function page(): Value<string> {
  const path = text('a path that ends with .html, of at most 200 characters');
  return {
    ...path,
    parse: (given) => (/\.html?$/i.test(given) ? path.parse(given) : { problem: 'does not end with .html' }),
  };
}

/** A name or an address, as it would be connected to. */
export function host(): Value<string> {
  return {
    allowed: 'a host name, an IPv4 or an IPv6 address',
    parse: (given) =>
      isIP(given) > 0 || HOST_NAME.test(given) ? { value: given } : { problem: 'is neither a name nor an address' },
  };
}

/** A network, in the one way in which results name it, or the word for none. */
export function network(): Value<string> {
  return {
    allowed: NETWORK_ALLOWED,
    parse: (given) => {
      if (given === NO_NETWORK) return { value: NO_NETWORK };
      const parsed = parseNetwork(given);
      return 'problem' in parsed ? parsed : { value: formatNetwork(parsed.value) };
    },
  };
}

/** Digits alone: without the units and multiples of an amount. */
export function parsePlainInteger(given: string): Parsed<number> {
  return /^\d+$/.test(given) ? { value: Number(given) } : { problem: 'is not a whole number from 0 on' };
}

/** A rate as {@link formatCount} writes it; with its digits where it is no whole number. */
export function formatRate(value: number): string {
  return Number.isInteger(value) ? formatCount(value) : String(value);
}
