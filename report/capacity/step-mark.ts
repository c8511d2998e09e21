// How a step is shown, wherever it is.
import type { CapacityStep } from '../../bench/result/capacity-schema.ts';
import { shapeOf } from '../../server/page/marks.ts';
import { html, type Markup } from '../../server/page/html.ts';

/** What a step says of its load: held, or who stood against it. */
export type StepKind = 'met' | 'broken' | 'generator' | 'resource' | 'disturbed';

/** In the order of the key. */
export const STEP_KINDS = {
  met: 'objectives met',
  broken: 'objective or gate broken',
  generator: 'the load generator’s limit or delay',
  resource: 'out of descriptors or ports',
  disturbed: 'machine disturbed, not counted',
} as const satisfies Record<StepKind, string>;

const SHAPES: Readonly<Record<StepKind, Markup>> = {
  met: shapeOf('circle'),
  broken: shapeOf('rectRot'),
  generator: shapeOf('rect'),
  resource: shapeOf('triangle'),
  disturbed: html`<path d="M3 3 11 11M11 3 3 11" />`,
};

const OF_CAUSE = {
  slo: 'broken',
  server: 'broken',
  'agent-lag': 'generator',
  generator: 'generator',
  resource: 'resource',
  machine: 'disturbed',
} as const satisfies Record<NonNullable<CapacityStep['cause']>, StepKind>;

/** What kind of outcome a step had. */
export function kindOf({ outcome, cause }: Pick<CapacityStep, 'outcome' | 'cause'>): StepKind {
  if (outcome === 'void') return 'disturbed';
  return outcome === 'pass' || cause === null ? 'met' : OF_CAUSE[cause];
}

const STAGES = {
  grow: 'growing',
  bisect: 'bisecting',
  confirm: 'confirmation',
  prove: 'confirmation',
} as const satisfies Record<CapacityStep['stage'], string>;

/** What a step was made for. */
export function stageText({ stage }: Pick<CapacityStep, 'stage'>): string {
  return STAGES[stage];
}

/** The sign of a step: its shape and colour by its kind, filled where it judges the boundary and did not search for it. */
export function stepSign(step: CapacityStep): Markup {
  return signOf(kindOf(step), stageText(step) === STAGES.confirm);
}

/** The sign of a kind, filled or hollow. */
export function signOf(kind: StepKind, filled: boolean): Markup {
  return html`<g class="step ${kind}${filled ? ' confirms' : ''}">${SHAPES[kind]}</g>`;
}
