import type { Command } from '../command/command.ts';
import { verifyCommand } from './verify/command.ts';

/** The commands that measure pushbench itself; the entry puts them beside those of the product, which know of no lab. */
export const LAB_COMMANDS: readonly Command[] = [verifyCommand];
