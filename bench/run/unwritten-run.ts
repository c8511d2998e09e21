import { PushbenchError } from '../basics/errors.ts';

/** A run or a search whose files could not all be written: what was measured is still here to be shown. */
export class UnwrittenRun<Result> extends PushbenchError {
  readonly result: Result;

  constructor(cause: PushbenchError, result: Result) {
    super(cause.reason, cause.code, cause.message, { cause });
    this.name = 'UnwrittenRun';
    this.result = result;
  }
}

/** Whether that is what a run or a search has thrown; whoever asks knows which of them it began. */
export function isUnwritten<Result>(error: unknown): error is UnwrittenRun<Result> {
  return error instanceof UnwrittenRun;
}
