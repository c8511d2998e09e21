import type { RunResult } from '../../../bench/result/schema.ts';
import { judgement } from '../../../bench/judge/judgement.ts';
import type { IndexedRun } from '../../../report/index/page.ts';
import { fixtureResult, type FixtureOptions } from '../../helpers/result-fixture.ts';

/** A result of the n-th of March 2026. */
export function resultOf(day: number, options: FixtureOptions = {}, edit: Partial<RunResult> = {}): RunResult {
  const result = { ...fixtureResult({ blocks: 1, label: '', seed: day, ...options }), ...edit };
  const date = `2026-03-${String(day).padStart(2, '0')}`;
  return { ...result, run: { ...result.run, id: `${date}T14-05-09`, startedAt: `${date}T14:05:09.000Z` } };
}

/** The result as a list finds it. */
export function indexed(result: RunResult, { hasReport = true, id = result.run.id } = {}): IndexedRun {
  return { kind: 'run', id, hasReport, outline: { ...result, judgement: judgement(result), trials: [] } };
}
