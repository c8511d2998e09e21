import { PushbenchError } from './errors.ts';
import { quote, visible } from './shown.ts';

/** What a shell acts on where it stands outside of quotes; patterns such as `*` mostly match nothing, and then stay what they are. */
const FOR_A_SHELL = /[|&;<>()$`]/;

/**
 * The words of a command as a shell splits them: at blanks, with '...', "..." and \ (POSIX Shell Command Language, 2.2). Nothing else
 * is done that a shell does.
 *
 * @throws PushbenchError (usage) where a quote is not closed, where no word is left, or where it takes a shell
 */
export function commandWords(command: string): string[] {
  const fail = (problem: string) =>
    new PushbenchError('usage', 'COMMAND', `'${visible(command)}': ${problem}. Nothing was started.`);
  const words: string[] = [];
  // A run of quoted and of bare parts is one word.
  const parts = /\s+|'([^']*)'|"((?:[^"\\]|\\[^])*)"|\\([^])|([^\s'"\\]+)|[^]/g;
  let word: string | undefined;
  for (const [part, single, double, escaped, bare] of command.matchAll(parts)) {
    if (/^\s/.test(part)) {
      if (word !== undefined) words.push(word);
      word = undefined;
      continue;
    }
    // Within "..." a backslash stands for itself, unless it is before what would mean something there.
    const text = single ?? double?.replaceAll(/\\(["\\$`])/g, '$1') ?? escaped ?? bare;
    if (text === undefined) throw fail(`${part} is not closed`);
    const special = FOR_A_SHELL.exec(bare ?? '')?.[0];
    const assigned = words.length === 0 && word === undefined && /^\w+=/.test(bare ?? '');
    if (special !== undefined || assigned) {
      const what = assigned ? 'setting a variable' : special!;
      throw fail(`${what} takes a shell, and none is used; write sh -c ${quote(command)}, or put it in quotes`);
    }
    word = (word ?? '') + text;
  }
  if (word !== undefined) words.push(word);
  if (words.length === 0) throw fail('there is no command');
  return words;
}
