import { deriveSeed, randomFrom } from '../../../../../bench/basics/random.ts';
import { toCuts } from '../shared-read.ts';
import { pick, type FuzzTarget } from './target.ts';

/** Inputs stay below this: far above every limit that the parsers are given here. */
const MAX_INPUT_BYTES = 64 * 1024;
const MAX_MUTATIONS = 4;
/** Bytes that mean something in one of the protocols, or stand at the edge of a range. */
const TELLING_BYTES = [
  0, 1, 9, 10, 13, 32, 34, 44, 48, 57, 58, 59, 91, 92, 93, 123, 125, 126, 127, 128, 191, 192, 254, 255,
];
const TELLING_NUMBERS = [
  '0',
  '1',
  '00',
  '-1',
  '+1',
  '4095',
  '4096',
  '16384',
  '2147483648',
  '9007199254740992',
  'f'.repeat(16),
  '1e3',
];

type Mutate = (bytes: Uint8Array, random: () => number, target: FuzzTarget) => Uint8Array;

const below = (limit: number, random: () => number): number => Math.floor(random() * limit);

/** A random range, more often short than long. */
function range(length: number, random: () => number): [start: number, end: number] {
  const start = below(length + 1, random);
  return [start, Math.min(length, start + Math.floor(random() ** 3 * (length - start + 1)))];
}

function replaced(bytes: Uint8Array, start: number, end: number, by: Uint8Array): Uint8Array {
  return Buffer.concat([bytes.subarray(0, start), by, bytes.subarray(end)]);
}

const MUTATIONS: readonly Mutate[] = [
  function flipBit(bytes, random) {
    if (bytes.length > 0) bytes[below(bytes.length, random)]! ^= 1 << below(8, random);
    return bytes;
  },
  function setByte(bytes, random) {
    if (bytes.length > 0)
      bytes[below(bytes.length, random)] = random() < 0.7 ? pick(TELLING_BYTES, random) : below(256, random);
    return bytes;
  },
  function cut(bytes, random) {
    return bytes.subarray(0, below(bytes.length + 1, random));
  },
  function drop(bytes, random) {
    return replaced(bytes, ...range(bytes.length, random), new Uint8Array(0));
  },
  function duplicate(bytes, random) {
    const [start, end] = range(bytes.length, random);
    return replaced(bytes, end, end, bytes.slice(start, end));
  },
  function move(bytes, random) {
    const [start, end] = range(bytes.length, random);
    const piece = bytes.slice(start, end);
    const rest = replaced(bytes, start, end, new Uint8Array(0));
    const at = below(rest.length + 1, random);
    return replaced(rest, at, at, piece);
  },
  function insert(bytes, random, { dictionary }) {
    const at = below(bytes.length + 1, random);
    return replaced(bytes, at, at, Buffer.from(pick(dictionary, random), 'latin1'));
  },
  function splice(bytes, random, target) {
    const other = target.sample(random);
    return Buffer.concat([
      bytes.subarray(0, below(bytes.length + 1, random)),
      other.subarray(below(other.length + 1, random)),
    ]);
  },
  function editNumber(bytes, random) {
    const at = below(bytes.length + 1, random);
    let start = at;
    while (start < bytes.length && !(bytes[start]! >= 48 && bytes[start]! <= 57)) start++;
    let end = start;
    while (end < bytes.length && bytes[end]! >= 48 && bytes[end]! <= 57) end++;
    return replaced(bytes, start, end, Buffer.from(pick(TELLING_NUMBERS, random)));
  },
  function editAsProtocol(bytes, random, { edit }) {
    edit?.(bytes, random);
    return bytes;
  },
];

/** Seldom, since it makes the input long: what is repeated meets the limits. */
function repeat(bytes: Uint8Array, random: () => number): Uint8Array {
  const [start, end] = range(bytes.length, random);
  const piece = bytes.slice(start, Math.max(end, Math.min(start + 1, bytes.length)));
  if (piece.length === 0) return bytes;
  return replaced(bytes, end, end, Buffer.alloc(Math.floor((random() * MAX_INPUT_BYTES) / 2), piece));
}

/** The input of one run and how it is cut into reads: a function of target, seed and number, so that it can be had again. */
export function inputOf(target: FuzzTarget, seed: number, run: number): { bytes: Uint8Array; cuts: number[] } {
  const random = randomFrom(deriveSeed(seed, run));
  // A copy: what a sample is made of must not be damaged.
  let bytes: Uint8Array = Buffer.from(target.sample(random));
  const mutations = below(MAX_MUTATIONS + 1, random);
  for (let count = 0; count < mutations; count++) bytes = pick(MUTATIONS, random)(bytes, random, target);
  if (random() < 0.01) bytes = repeat(bytes, random);
  bytes = Buffer.from(bytes.subarray(0, MAX_INPUT_BYTES));
  const isByteByByte = bytes.length < 300 && random() < 0.1;
  const cuts = isByteByByte
    ? Array.from({ length: Math.max(0, bytes.length - 1) }, (_, index) => index + 1)
    : toCuts(
        Array.from({ length: below(8, random) }, () => random()),
        bytes.length,
      );
  return { bytes, cuts };
}
