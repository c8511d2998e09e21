import type { Trial } from '../../result/schema.ts';
import { readersOf } from '../../judge/gates.ts';
import { serverCores } from '../../judge/metrics.ts';
import { invalidCodes } from '../../judge/standing-trials.ts';
import { readSlos, worstScore, type Slo, type SloFigure } from '../../judge/objective.ts';

/**
 * Why a step failed, or counts for nothing:
 * - `slo`: the server alone breaks an objective, also without what the agents may have added
 * - `agent-lag`: broken as measured, but not once the agents' own delay is taken off: either may be to blame
 * - `server`: a gate that the server broke: connections lost, ticks missed, falling behind
 * - `generator`: a gate that says that the load agents were the limit
 * - `resource`: descriptors, ports or memory for sockets ran out
 * - `machine`: clock, stolen CPU or a standstill; says nothing of anyone, so the step is repeated
 */
type StepCause = 'slo' | 'agent-lag' | 'server' | 'generator' | 'resource' | 'machine';

/** What one step says of its load. */
export type StepVerdict = {
  /** `void`: neither; the step is repeated. */
  readonly outcome: 'pass' | 'fail' | 'void';
  /** Null where it passed. */
  readonly cause: StepCause | null;
  readonly figures: readonly SloFigure[];
  /** See {@link SloFigure}; infinite also where only a gate failed, which does not tell how far. */
  readonly score: number;
  /** The same without the agents' own delay: not above `score`. */
  readonly serverScore: number;
};

/** Error codes of connections that the machine, not the server, had no room for. */
const OUT_OF_RESOURCES: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE', 'EADDRNOTAVAIL', 'ENOBUFS', 'ENOMEM']);

const MACHINE_CODES: ReadonlySet<string> = new Set(['CLOCK', 'CPU_STOLEN', 'OTHER_PROGRAMS', 'SUSPENDED']);
const GENERATOR_CODES: ReadonlySet<string> = new Set(['AGENT_SATURATED', 'AGENT_BOUND']);

/**
 * Judges one step: it passes where every objective holds and no gate invalidates it; cautions do not count against it.
 *
 * The cause is looked for in this order, since each makes what stands behind it meaningless: the machine was disturbed,
 * resources ran out, the generator was the limit, the server broke a gate, the objective is broken. Pure.
 */
export function judgeStep(slos: readonly Slo[], trial: Trial): StepVerdict {
  const figures = readSlos(slos, trial);
  const withoutLag = readSlos(slos, trial, agentLagUs(trial));
  const cause = gateCause(trial);
  const areHeld = figures.every((figure) => figure.holds);
  if (cause !== null) {
    // An objective that is broken as well tells how far; a gate alone does not.
    const score = areHeld ? Number.POSITIVE_INFINITY : worstScore(figures);
    const serverScore = cause === 'server' ? score : worstScore(withoutLag);
    return { outcome: cause === 'machine' ? 'void' : 'fail', cause, figures, score, serverScore };
  }
  const verdict = { figures, score: worstScore(figures), serverScore: worstScore(withoutLag) };
  if (areHeld) return { ...verdict, outcome: 'pass', cause: null };
  return { ...verdict, outcome: 'fail', cause: withoutLag.every((figure) => figure.holds) ? 'agent-lag' : 'slo' };
}

/** What the slowest agent let bytes wait, p99: the most of a p99 that may be its own doing, in microseconds. */
export function agentLagUs(trial: Trial): number {
  return Math.max(0, ...readersOf(trial).map(({ lagUs }) => lagUs));
}

/** Whom the invalidating gates accuse; null where there are none. */
function gateCause(trial: Trial): StepCause | null {
  const codes = invalidCodes(trial.validity);
  if (codes.length === 0) return null;
  if (codes.some((code) => MACHINE_CODES.has(code))) return 'machine';
  // Nothing was due in the window: nobody failed.
  if (codes.includes('NOTHING_DELIVERED') && trial.ledger.expected === 0) return 'machine';
  if (trial.errors.some(({ code }) => OUT_OF_RESOURCES.has(code))) return 'resource';
  if (codes.some((code) => GENERATOR_CODES.has(code))) return 'generator';
  // A poll is late because its agent is slow, or because the answer before it was: whoever was busier.
  if (codes.every((code) => code === 'POLLS_LATE') && isAgentBusier(trial)) return 'generator';
  return 'server';
}

/** Of a server that is not ours by the CPU time that it used; one of which that is not known is not accused. */
function isAgentBusier(trial: Trial): boolean {
  const busy = trial.server.eventLoop?.utilisation ?? serverCores(trial) ?? 0;
  return Math.max(0, ...trial.agents.map((agent) => agent.utilisation)) > busy;
}
