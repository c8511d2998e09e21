import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { PAYLOAD_BYTES, RATE_HZ } from './protocol.ts';
import type { DemoOptions } from './server.ts';

/** What the arguments ask for: a live page with these options, or only a text (help, or what is wrong) and an exit code. */
export type Asked = { readonly options: DemoOptions } | { readonly text: string; readonly exitCode: 0 | 2 };

export const FLAG_NAMES = ['port', 'rate', 'payload'];

const EXAMPLES = `
Examples:
  npm start
  npm start -- --port 9000 --rate 20 --payload 1k
`;

/** Reads the command line. Never throws on what a person can type. */
export function readFlags(argv: readonly string[]): Asked {
  let text = '';
  const output = { writeOut: (part: string) => (text += part), writeErr: (part: string) => (text += part) };
  const program = new Command('npm start --')
    .description('Serves the live page: the four transports on one feed, seen by a real browser.')
    .option('--port <n>', 'port of the page, 0 to 65,535; 0: any free one', port, 8088)
    .option('--rate <hz>', `ticks per second when a page opens, ${RATE_HZ.min} to ${RATE_HZ.max}`, rate, 10)
    .option('--payload <bytes>', `bytes of a tick's JSON, ${PAYLOAD_BYTES.min} to 16k`, payload, 128)
    .addHelpText('after', EXAMPLES)
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput(output);
  try {
    program.parse(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { text, exitCode: 0 };
    return { text: `pushbench: ${text.replace(/^error: /, '')}See npm start -- --help\n`, exitCode: 2 };
  }
  const flags = program.opts<{ port: number; rate: number; payload: number }>();
  return { options: { port: flags.port, rateHz: flags.rate, payloadBytes: flags.payload } };
}

function port(text: string): number {
  return within(/^\d+$/.test(text) ? Number(text) : Number.NaN, 0, 65_535);
}

function rate(text: string): number {
  return within(/^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN, RATE_HZ.min, RATE_HZ.max);
}

function payload(text: string): number {
  const match = /^(\d+)(k?)$/.exec(text);
  return within(match ? Number(match[1]) * (match[2] ? 1024 : 1) : Number.NaN, PAYLOAD_BYTES.min, PAYLOAD_BYTES.max);
}

/** NaN is within nothing. */
function within(value: number, min: number, max: number): number {
  if (value >= min && value <= max) return value;
  throw new InvalidArgumentError(`Allowed: ${min} to ${max}.`);
}
