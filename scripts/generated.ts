import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/**
 * Writes a generated file, or with `--check` on the command line only says whether it is current and fails where not.
 *
 * @param command what makes it current, named in the message
 */
export function writeOrCheck(path: string, text: string, command: string): void {
  const isCurrent = existsSync(path) && readFileSync(path, 'utf8') === text;
  if (!process.argv.includes('--check')) {
    if (!isCurrent) writeFileSync(path, text);
  } else if (!isCurrent) {
    process.stderr.write(`${path} is not what its source says; run: ${command}\n`);
    process.exitCode = 1;
  }
}
