import type { ProgressKind } from '../../command/terminal/progress.ts';
import { fit, type Output } from '../../command/terminal/style.ts';

const ERASE_LINE = '\r\u001B[2K';

/** Shows a self-test while it lasts. */
export type VerifyProgress = {
  /** Before each trial. */
  onTrial: (check: string, index: number, trials: number) => void;
  /** Clears the line, before anything else is written. */
  clear: () => void;
};

/** Of that kind: one line that is redrawn, a line for each check, a JSON document for each trial, or nothing. */
export function openVerifyProgress(kind: ProgressKind, output: Output): VerifyProgress {
  let current = '';
  let isDrawn = false;
  const clear = () => {
    if (isDrawn) output.write(ERASE_LINE);
    isDrawn = false;
  };
  const onTrial = (check: string, index: number, trials: number) => {
    const text = `[${index + 1}/${trials} trials] ${check} ...`;
    if (kind === 'json') output.write(`${JSON.stringify({ type: 'trial-start', check, index, trials })}\n`);
    if (kind === 'live') {
      output.write(ERASE_LINE + fit(text, (output.columns || 80) - 2));
      isDrawn = true;
    }
    if (kind === 'plain' && check !== current) output.write(`${text}\n`);
    current = check;
  };
  return { onTrial, clear };
}
