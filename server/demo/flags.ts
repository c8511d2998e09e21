import { parseArgs } from 'node:util';
import { suggestion } from '../suggestion.ts';
import { PAYLOAD_BYTES, RATE_HZ } from './protocol.ts';
import type { DemoOptions } from './server.ts';

/** What the arguments ask for: a live page with these options, or only a text (help, or what is wrong) and an exit code. */
export type Asked = { readonly options: DemoOptions } | { readonly text: string; readonly exitCode: 0 | 2 };

/** A value that is none is read as NaN. */
const FLAGS = {
  port: {
    placeholder: '<n>',
    help: 'port of the page; 0: any free one',
    fallback: 8088,
    read: (text: string) => (/^\d+$/.test(text) ? Number(text) : Number.NaN),
    min: 0,
    max: 65_535,
  },
  rate: {
    placeholder: '<hz>',
    help: 'ticks per second when a page opens',
    fallback: 10,
    read: (text: string) => (/^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN),
    ...RATE_HZ,
  },
  payload: {
    placeholder: '<bytes>',
    help: "bytes of a tick's JSON; 1k is 1024",
    fallback: 128,
    read: (text: string) => {
      const match = /^(\d+)(k?)$/.exec(text);
      return match ? Number(match[1]) * (match[2] ? 1024 : 1) : Number.NaN;
    },
    ...PAYLOAD_BYTES,
  },
};

export const FLAG_NAMES = Object.keys(FLAGS);

const HELP = `Usage: npm start -- [flags]

Serves the live page: the four transports on one feed, seen by a real browser.

${Object.entries(FLAGS)
  .map(
    ([name, { placeholder, help, min, max, fallback }]) =>
      `  ${`--${name} ${placeholder}`.padEnd(19)} ${help} [${min} to ${max}; default: ${fallback}]`,
  )
  .join('\n')}
  --help              this text

Examples:
  npm start
  npm start -- --port 9000 --rate 20 --payload 1k
`;

/** Reads the command line. Never throws on what a person can type. */
export function readFlags(argv: readonly string[]): Asked {
  const { tokens } = parseArgs({
    args: [...argv],
    options: Object.fromEntries(FLAG_NAMES.map((name) => [name, { type: 'string' as const }])),
    strict: false,
    tokens: true,
  });
  const mistakes: string[] = [];
  const read: Partial<Record<string, number>> = {};
  for (const token of tokens) {
    if (token.kind === 'option-terminator') continue;
    if (token.kind === 'positional') {
      mistakes.push(`'${token.value}': unexpected; the live page takes flags alone`);
    } else if (token.name === 'help' || token.name === 'h') {
      return { text: HELP, exitCode: 0 };
    } else if (!Object.hasOwn(FLAGS, token.name)) {
      const flags = FLAG_NAMES.map((name) => `--${name}`);
      mistakes.push(`${token.rawName}: unknown flag${suggestion(token.rawName, flags)}`);
    } else {
      const { read: parse, min, max } = FLAGS[token.name as keyof typeof FLAGS];
      const value = parse(token.value ?? '');
      // NaN is within nothing
      if (value >= min && value <= max) read[token.name] = value;
      else mistakes.push(`${token.rawName} ${token.value ?? ''}: allowed is ${min} to ${max}`);
    }
  }
  if (mistakes.length > 0) {
    return { text: `pushbench: ${mistakes.join('\n  ')}\nSee npm start -- --help\n`, exitCode: 2 };
  }
  const valueOf = (name: keyof typeof FLAGS) => read[name] ?? FLAGS[name].fallback;
  return { options: { port: valueOf('port'), rateHz: valueOf('rate'), payloadBytes: valueOf('payload') } };
}
