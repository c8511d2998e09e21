import { randomFrom } from '../../bench/basics/random.ts';

type Random = () => number;

/** What may stand where something else belongs. 1e999 is infinite once parsed. */
const STRANGE = [
  'null',
  '-1',
  '0',
  '1e999',
  '0.5',
  '"x"',
  '""',
  '[]',
  '{}',
  'true',
  `"${'9'.repeat(400)}"`,
  '"\\u0000"',
];

const pick = <T>(items: readonly T[], random: Random): T => items[Math.floor(random() * items.length)]!;

/** Ways in which a file is damaged, by a disk, an editor, or somebody who means ill. */
const DAMAGES: readonly ((text: string, random: Random) => string)[] = [
  (text, random) => text.slice(0, Math.floor(random() * text.length)),
  (text, random) => {
    const at = Math.floor(random() * text.length);
    return text.slice(0, at) + String.fromCodePoint(Math.floor(random() * 256)) + text.slice(at + 1);
  },
  (text, random) => {
    const at = Math.floor(random() * text.length);
    return text.slice(0, at) + text.slice(at + 1 + Math.floor(random() * 200));
  },
  (text, random) => {
    const at = Math.floor(random() * text.length);
    return text.slice(0, at) + text.slice(Math.max(0, at - Math.floor(random() * 200)));
  },
  // One value, or one name, anywhere in the document.
  (text, random) =>
    replaceOne(text, /(?<=:)("(?:[^"\\]|\\.)*"|-?\d[\d.e+-]*|null|true|false)/g, () => pick(STRANGE, random), random),
  (text, random) =>
    replaceOne(text, /(?<=:)("(?:[^"\\]|\\.)*"|-?\d[\d.e+-]*|null|true|false)/g, () => pick(STRANGE, random), random),
  (text, random) =>
    replaceOne(text, /"\w+"(?=:)/g, () => pick(['"__proto__"', '"x"', '"constructor"'], random), random),
  (text, random) => replaceOne(text, /[{}[\],:]/g, () => pick(['{', '}', '[', ']', ',', ':', ''], random), random),
];

/** The text, damaged in one way. The same number always damages it the same way. */
export function damaged(text: string, number: number): string {
  const random = randomFrom(number);
  return DAMAGES[number % DAMAGES.length]!(text, random);
}

function replaceOne(text: string, what: RegExp, by: () => string, random: Random): string {
  const found = [...text.matchAll(what)];
  const { index, 0: old } = pick(found, random);
  return text.slice(0, index) + by() + text.slice(index + old.length);
}
