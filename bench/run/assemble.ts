import { judgement } from '../judge/judgement.ts';
import { metricInfos } from '../judge/metrics.ts';
import { summariseCells } from '../judge/summary.ts';
import { judgeRun } from '../judge/verdict.ts';
import { JournalHead, readJournal } from '../result/journal.ts';
import { SCHEMA_VERSION, Trial, type RunResult } from '../result/schema.ts';
import { looksOf } from './plan.ts';

/** A run's result from its head and its trials: everything else follows from them. */
export function assembleResult(head: JournalHead, trials: Trial[]): RunResult {
  const transports = looksOf(head.plan);
  const cells = summariseCells(head.plan.cells, trials);
  return {
    schemaVersion: SCHEMA_VERSION,
    run: head.run,
    plan: head.plan,
    environment: head.environment,
    ...(head.micro ? { micro: head.micro } : {}),
    transports,
    metrics: metricInfos(),
    judgement: judgement({ run: head.run, plan: head.plan, trials }),
    trials,
    cells,
    ...judgeRun(cells, trials, transports, head.plan.settings.baseline),
  };
}

/** The result of a run that never wrote one, from its journal; marked interrupted. Throws as {@link readJournal} does. */
export function resultFromJournal(path: string): RunResult {
  const { head, lines } = readJournal(path, JournalHead, Trial);
  return assembleResult({ ...head, run: { ...head.run, status: 'interrupted' } }, lines);
}
