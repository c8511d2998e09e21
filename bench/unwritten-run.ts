import { PushbenchError } from './errors.ts';
import type { RunResult } from './result/schema.ts';

/** A run whose files could not all be written: what was measured is still here to be shown. */
export class UnwrittenRun extends PushbenchError {
  readonly result: RunResult;

  constructor(cause: PushbenchError, result: RunResult) {
    super(cause.reason, cause.code, cause.message, { cause });
    this.name = 'UnwrittenRun';
    this.result = result;
  }
}
