import type { Places } from '../result/folder.ts';
import type { FlagKey } from './flag-table.ts';
import type { FlagValues } from './read-flags.ts';
import type { Output } from './terminal/style.ts';

/** What a command has of the world around it; in tests, arrays and temporary folders. */
export type Surroundings = Places & {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
};

/** What was typed after a command's name. */
export type Invocation = {
  readonly values: FlagValues;
  /** Operands, as many as the command takes. */
  readonly operands: readonly string[];
  /** What was found wrong so far, such as unknown flags; to be reported with the command's own findings. */
  readonly mistakes: readonly string[];
};

/** One command of the command line. A later one is a file of this form and a line in the table. */
export type Command = {
  readonly name: string;
  readonly summary: string;
  /** Placeholders of its operands; all must be given but those in brackets, which stand behind the others. */
  readonly operands: readonly string[];
  readonly flags: readonly FlagKey[];
  /** Command line (after `npm run bench`) and what it does. */
  readonly examples: readonly (readonly [string, string])[];
  /** @returns the process's exit code */
  readonly execute: (invocation: Invocation, surroundings: Surroundings) => Promise<number>;
};
