import { capacityCommand } from './capacity-command.ts';
import { checkCommand } from './check-command.ts';
import type { Command } from './command.ts';
import { compareCommand } from './compare-command.ts';
import { listCommand } from './list-command.ts';
import { planCommand } from './cost-plan-command.ts';
import { reportCommand } from './report-command.ts';
import { runCommand } from './run-command.ts';
import { targetsCommand } from './targets-command.ts';

/** Every command of the product, in the order in which help shows them. The first one runs when none is named. */
export const COMMANDS: readonly [Command, ...Command[]] = [
  runCommand,
  capacityCommand,
  planCommand,
  compareCommand,
  reportCommand,
  listCommand,
  targetsCommand,
  checkCommand,
];
