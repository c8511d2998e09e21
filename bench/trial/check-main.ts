// Entry of a look at the server from within its network: `node bench/trial/check-main.ts REQUEST`, JSON. Says what it found, and ends.
import type { ExitReason } from '../basics/errors.ts';
import { PushbenchError } from '../basics/errors.ts';
import { checkForeign } from './foreign-check.ts';
import { checkTarget } from './target.ts';

export type CheckRequest =
  | { kind: 'own'; asked: Parameters<typeof checkTarget> }
  | { kind: 'foreign'; asked: Parameters<typeof checkForeign> };

export type FromCheck = { error: { reason: ExitReason; code: string; message: string } | null };

process.once('disconnect', () => process.exit());
const request = JSON.parse(process.argv[2]!) as CheckRequest;
try {
  await (request.kind === 'own' ? checkTarget(...request.asked) : checkForeign(...request.asked));
  say({ error: null });
} catch (error) {
  const { message } = error as Error;
  say({
    error:
      error instanceof PushbenchError
        ? { reason: error.reason, code: error.code, message }
        : { reason: 'defect', code: 'CHECK', message },
  });
}

function say(found: FromCheck): void {
  process.send?.(found);
}
