import { Command, CommanderError } from 'commander';

/**
 * `; did you mean --clients?` where one of the candidates resembles the word, else an empty text. Both are flags with
 * their dashes, or both are names of commands. Commander judges: it is asked to parse the word alone.
 */
export function suggestion(word: string, candidates: readonly string[]): string {
  const parser = new Command().exitOverride().configureOutput({ writeOut: () => {}, writeErr: () => {} });
  parser.helpOption(false).helpCommand(false);
  for (const candidate of candidates) {
    if (candidate.startsWith('-')) parser.option(candidate);
    else parser.command(candidate);
  }
  try {
    parser.parse([word], { from: 'user' });
  } catch (error) {
    const match = error instanceof CommanderError ? /\(Did you mean (.+)\?\)/.exec(error.message) : null;
    if (match) return `; did you mean ${match[1]}?`;
  }
  return '';
}
