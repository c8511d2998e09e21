import { capacityCommand } from './capacity.ts';
import type { Command } from './command.ts';
import { compareCommand } from './compare.ts';
import { listCommand } from './list.ts';
import { planCommand } from './plan.ts';
import { reportCommand } from './report.ts';
import { runCommand } from './run.ts';
import { verifyCommand } from './verify.ts';

/** Every command, in the order in which help shows them. The first one runs when none is named. */
export const COMMANDS: readonly [Command, ...Command[]] = [
  runCommand,
  capacityCommand,
  planCommand,
  compareCommand,
  verifyCommand,
  reportCommand,
  listCommand,
];
