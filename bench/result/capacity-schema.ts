// The file of a capacity search, `capacity.json`: everything that was tried, and the answers. Like the result file its types
// and its validation come from here; each step keeps its whole trial, so that every answer can be derived again.
import { Type, type Static } from 'typebox';
import { DriverKind, Environment, Metric, RunInfo, Settings, TransportLook, Trial } from './schema.ts';
import { closed, literals, nullable } from './shapes.ts';
import { FanOutMode } from '../../server/fan-out-mode.ts';

/** Raised when a reader of older files would misread a newer one. */
export const CAPACITY_SCHEMA_VERSION = 1;

const Vary = literals(['clients', 'rate']);
export type Vary = Static<typeof Vary>;

const Slo = closed({
  text: Type.String({ description: 'as it was written' }),
  transport: nullable(Type.String({ description: 'the only one that it is about' })),
  metric: Metric,
  operator: literals(['<', '<=', '>', '>=', '==']),
  limit: Type.Number({ description: "in the metric's own unit" }),
});

/** What is searched, and how far. */
export const SearchPlan = closed({
  vary: Vary,
  slos: Type.Array(Slo, { minItems: 1 }),
  transports: Type.Array(Type.String(), { minItems: 1 }),
  workload: closed({
    clients: nullable(Type.Integer({ minimum: 1, description: 'null where it is what is searched' })),
    rateHz: nullable(Type.Number({ exclusiveMinimum: 0, description: 'null where it is what is searched' })),
    payloadBytes: Type.Integer({ minimum: 1 }),
    pollIntervalMs: Type.Number({ exclusiveMinimum: 0, description: 'of short polling' }),
    driver: DriverKind,
    fanOut: FanOutMode,
  }),
  min: Type.Number({ exclusiveMinimum: 0, description: 'the smallest load' }),
  max: Type.Number({ exclusiveMinimum: 0, description: 'the largest load' }),
  resource: nullable(
    Type.String({ description: 'why this machine allows no more than max; null where the flag does' }),
  ),
  settings: Settings,
});
export type SearchPlan = Static<typeof SearchPlan>;

/** What the journal holds of a step; all else of it follows from its trial. */
export const JournalStep = closed({
  transport: Type.String(),
  stage: literals(['grow', 'bisect', 'confirm', 'prove']),
  level: Type.Number({ exclusiveMinimum: 0, description: 'clients, or ticks per second' }),
  trial: Trial,
});
export type JournalStep = Static<typeof JournalStep>;

const Step = closed({
  ...JournalStep.properties,
  outcome: literals(['pass', 'fail', 'void']),
  cause: nullable(literals(['slo', 'agent-lag', 'server', 'generator', 'resource', 'machine'])),
  figures: Type.Array(
    closed({
      slo: Type.String(),
      metric: Type.String(),
      value: nullable(Type.Number({ description: "in the metric's own unit" })),
      holds: Type.Boolean(),
    }),
  ),
  score: nullable(
    Type.Number({ description: 'ln of the worst figure over its limit, 0 at the limit; null where no figure tells' }),
  ),
  serverScore: nullable(Type.Number({ description: "the same without the agents' own delay" })),
});
export type CapacityStep = Static<typeof Step>;

const Answer = closed({
  transport: Type.String(),
  outcome: literals(['found', 'generator-bound', 'out-of-resources', 'not-reached', 'below', 'enclosed']),
  estimate: nullable(
    Type.Number({ description: 'the largest load at which a trial meets the objectives at least as often as not' }),
  ),
  low: nullable(Type.Number({ description: 'of its interval; where there is none, the highest load that held' })),
  high: nullable(
    Type.Number({ description: 'of its interval; where there is none, the lowest load that did not hold' }),
  ),
  confidence: nullable(Type.Number({ minimum: 0, maximum: 1, description: 'null: low and high are no interval' })),
  method: nullable(literals(['figures', 'outcomes'])),
  confirmations: Type.Integer({ minimum: 0 }),
  serverOnly: nullable(Type.Number({ description: "the estimate without the agents' own delay: at most so much" })),
  codes: Type.Array(closed({ code: Type.String(), steps: Type.Integer({ minimum: 1 }) }), {
    description: 'gates that steps at the boundary broke',
  }),
  sentence: Type.String(),
});
export type CapacityAnswer = Static<typeof Answer>;

const head = {
  schemaVersion: Type.Literal(CAPACITY_SCHEMA_VERSION),
  kind: Type.Literal('capacity'),
  run: RunInfo,
  search: SearchPlan,
  environment: Environment,
};
export const CapacityHead = closed(head);
export type CapacityHead = Static<typeof CapacityHead>;

export const CapacityResult = closed({
  ...head,
  transports: Type.Array(TransportLook),
  steps: Type.Array(Step, { description: 'in the order in which they ran' }),
  answers: Type.Array(Answer),
});
export type CapacityResult = Static<typeof CapacityResult>;
