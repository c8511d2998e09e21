// Searches of servers that exist as formulas, with steps of every outcome.
import { composeResult, judgedStep, nextOf } from '../../../bench/run/capacity/compose.ts';
import type { CapacityResult, CapacityStep, JournalStep, SearchPlan } from '../../../bench/result/capacity-schema.ts';
import { cellAt } from '../../../bench/run/capacity/levels.ts';
import { randomFrom } from '../../../bench/basics/random.ts';
import { fakeTrial, searchPlan, slo, type FakeFigures } from '../../bench/run/capacity/fake-steps.ts';
import { fixtureResult } from '../../helpers/result-fixture.ts';

/** What a trial of a transport shows at a level; `number` counts its steps from 1. */
type Server = (level: number, random: () => number, number: number) => FakeFigures;

const noisy = (us: number, random: () => number) => us * (0.94 + 0.12 * random());

/** One that is found by figures, one that the agents bound, one with a disturbed step, one that is broken at once. */
const SERVERS: Readonly<Record<string, Server>> = {
  websocket: (level, random) => ({ p99Us: noisy(8 * level, random) }),
  sse: (level, random) => {
    const p99Us = noisy(11 * level, random);
    return { p99Us, lagUs: p99Us * 0.4, cautions: ['AGENT_LAG'] };
  },
  'long-polling': (level, random, number) => ({
    p99Us: noisy(30 * level, random),
    ...(number === 3 ? { reasons: ['CPU_STOLEN'] } : {}),
    ...(number === 5 ? { p99Us: 0, delivered: false, reasons: ['NOTHING_DELIVERED'] } : {}),
  }),
  polling: () => ({ p99Us: 990_000 }),
};

const PLAN = searchPlan({
  slos: [slo('p99<100ms'), slo('missed=0')],
  transports: ['websocket', 'sse', 'long-polling', 'polling'],
});

export type SearchOptions = {
  readonly plan?: Partial<SearchPlan>;
  readonly servers?: Readonly<Record<string, Server>>;
  /** The search was stopped after so many steps. */
  readonly stopAfter?: number;
  readonly label?: string;
};

/** A search as `capacity` would write it. */
export function fixtureSearch(options: SearchOptions = {}): CapacityResult {
  const { stopAfter = Infinity, servers = SERVERS, label = '' } = options;
  const plan = { ...PLAN, ...options.plan };
  const random = randomFrom(11);
  const steps: JournalStep[] = [];
  for (const transport of plan.transports) {
    const own: CapacityStep[] = [];
    for (;;) {
      const next = nextOf(plan, own);
      if (next.type === 'end' || steps.length >= stopAfter) break;
      const { stage, level } = next;
      const figures = servers[transport]!(level, random, own.length + 1);
      const step = { transport, stage, level, trial: fakeTrial({ ...figures, cell: cellAt(plan, transport, level) }) };
      steps.push(step);
      own.push(judgedStep(plan, step));
    }
  }
  const { run, environment } = fixtureResult({ blocks: 1, interruptAfter: 0 });
  const isWhole = steps.length < stopAfter;
  const command = `npm run bench -- capacity ${plan.slos.map(({ text }) => `--slo '${text}'`).join(' ')}`;
  return composeResult(
    {
      schemaVersion: 1,
      kind: 'capacity',
      run: { ...run, label, command, status: isWhole ? 'complete' : 'interrupted', finishedAt: run.startedAt },
      search: plan,
      environment,
    },
    steps,
  );
}
