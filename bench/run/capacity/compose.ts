import type { TransportLook } from '../../result/schema.ts';
import { plainLook } from '../../../server/page/marks.ts';
import { traitsOf } from '../../../server/transports/traits.ts';
import { answerOf, observationOf } from './answer.ts';
import { rangeOf } from './levels.ts';
import type {
  CapacityAnswer,
  CapacityHead,
  CapacityResult,
  CapacityStep,
  JournalStep,
  SearchPlan,
} from '../../result/capacity-schema.ts';
import { nextStep, type Next } from './search.ts';
import { slosOf } from '../../judge/objective.ts';
import { judgeStep } from './step-verdict.ts';

/** A search's result from its head and its steps: everything else follows from them. Pure. */
export function composeResult(head: CapacityHead, steps: readonly JournalStep[]): CapacityResult {
  const { search } = head;
  const judged = steps.map((step) => judgedStep(search, step));
  return { ...head, transports: search.transports.map(lookOf), steps: judged, answers: answersOf(search, judged) };
}

/** What the steps of each transport come to, of those that have any. */
export function answersOf(plan: SearchPlan, steps: readonly CapacityStep[]): CapacityAnswer[] {
  return plan.transports
    .map((id) => ({ look: lookOf(id), own: steps.filter(({ transport }) => transport === id) }))
    .filter(({ own }) => own.length > 0)
    .map(({ look, own }) => {
      const next = nextOf(plan, own);
      return answerOf(look, own, next.type === 'end' ? next.end : null, plan);
    });
}

/** What the search does after these steps of one transport. */
export function nextOf(plan: SearchPlan, steps: readonly CapacityStep[]): Next {
  return nextStep(steps.map(observationOf), rangeOf(plan));
}

/** A step with what follows from its trial. */
export function judgedStep(plan: SearchPlan, step: JournalStep): CapacityStep {
  const { figures, score, serverScore, ...verdict } = judgeStep(slosOf(plan.slos, step.transport), step.trial);
  return {
    ...step,
    ...verdict,
    figures: figures.map(({ slo, value, holds }) => ({ slo: slo.text, metric: slo.metric.id, value, holds })),
    score: finiteOrNull(score),
    serverScore: finiteOrNull(serverScore),
  };
}

/** JSON has no infinity. */
function finiteOrNull(score: number): number | null {
  return Number.isFinite(score) ? score : null;
}

/** How a transport is named and drawn; of one that this version does not know by its id alone. */
const lookOf = (id: string): TransportLook => traitsOf(id)?.look ?? plainLook(id);
