import { traitsOf } from '../../server/transports/traits.ts';
import type { Cell, RunResult, Settings } from '../result/schema.ts';
import { cellKey } from '../result/cell.ts';

/** Something that two runs do not share. */
export type RunDifference = {
  readonly what: string;
  readonly a: string;
  readonly b: string;
  /** With it, figures would differ whatever was changed on purpose: no verdict then. */
  readonly withholds: boolean;
};

/** Null: there is none; undefined: an older result, which does not say. */
type Fact = string | number | boolean | null | undefined;

type Reader = readonly [what: string, withholds: boolean, read: (result: RunResult) => Fact];

/** First what withholds verdicts: the machine and how it was measured must be alike. Versions, commit and kernel are what one may want to compare. */
const READERS: readonly Reader[] = [
  ['platform', true, ({ environment }) => environment.platform],
  ['architecture', true, ({ environment }) => environment.arch],
  ['CPU model', true, ({ environment }) => environment.cpuModel],
  ['cores', true, ({ environment }) => environment.cores],
  ['CPU quota (cores)', true, ({ environment }) => environment.cpuQuota],
  // Older results do not say: it was this.
  ['arguments of Node', true, ({ environment }) => (environment.execArgv ?? ['--expose-gc']).join(' ')],
  ['Node major version', true, ({ environment }) => major(environment.node)],
  ['latency from', true, latencySource],
  ['warm-up (ms)', true, ({ plan }) => plan.settings.warmupMs],
  ['duration (ms)', true, ({ plan }) => plan.settings.durationMs],
  ['agents', true, ({ plan }) => plan.settings.agents],
  ['ramp (per second)', true, ({ plan }) => plan.settings.rampPerSecond],
  ['server workers', true, ({ plan }) => plan.settings.serverWorkers],
  ['pinned to cores', true, ({ plan }) => plan.settings.pin],
  ['polls for the latest only', true, ({ plan }) => plan.settings.pollLatest],
  ['restricted to cores', false, ({ environment }) => environment.coreList],
  ['Node', false, ({ environment }) => environment.node],
  ['kernel', false, ({ environment }) => environment.kernel],
  ['memory (bytes)', false, ({ environment }) => environment.memoryBytes],
  ['limit of open files', false, ({ environment }) => environment.limits.openFiles],
  ['pushbench', false, ({ run }) => run.version],
  ['commit', false, ({ run }) => run.commit],
  ['blocks', false, ({ plan }) => plan.settings.blocks],
  ['status', false, ({ run }) => run.status],
];

/**
 * Results of before there were witnesses have the queue of the load in their latency; libraries have it always. Witnesses that do
 * not run at once wait for the core. Long polls have none where one is of another server.
 */
function latencySource({ trials }: RunResult): Fact {
  const lean = trials.filter(({ cell }) => cell.driver === 'lean');
  const witnesses = lean.flatMap((trial) => trial.witnesses ?? []);
  if (witnesses.length === 0) return lean[0] && 'all clients';
  const source = witnesses[0]!.isRealTime ? 'witnesses that go before all else' : 'witnesses';
  const longPolls = lean.filter(({ cell }) => traitsOf(cell.transport)?.asks === 'at-once');
  const hasNone = longPolls.length > 0 && longPolls.every((trial) => !trial.witnesses);
  return hasNone ? `${source}; of long polls all clients` : source;
}

/** Everything in which two runs differ that can matter; first what withholds verdicts. What always differs is left out. */
export function runDifferences(a: RunResult, b: RunResult): RunDifference[] {
  const readers = [
    ...keyed(a, b, 'variable', true, ({ environment }) => environment.variables),
    ...READERS,
    ...keyed(a, b, 'dependency', false, ({ environment }) => environment.dependencies),
    ...keyed(a, b, 'sysctl', false, ({ environment }) => environment.sysctls),
    ...keyed(a, b, 'server', false, ({ plan }) => serversOf(plan.settings)),
  ];
  return readers.flatMap(([what, withholds, read]) => {
    const [x, y] = [read(a), read(b)];
    // Of what one does not say, the other's having none is no news.
    if ((x ?? null) === (y ?? null)) return [];
    return [{ what, a: shown(x), b: shown(y), withholds }];
  });
}

/** The cells that two runs share, in the order of the first, and how many each has for itself. */
export function sharedCells(a: RunResult, b: RunResult): { shared: Cell[]; onlyA: number; onlyB: number } {
  const keys = new Set(b.plan.cells.map(cellKey));
  const shared = a.plan.cells.filter((cell) => keys.has(cellKey(cell)));
  return { shared, onlyA: a.plan.cells.length - shared.length, onlyB: b.plan.cells.length - shared.length };
}

function keyed(
  a: RunResult,
  b: RunResult,
  what: string,
  withholds: boolean,
  read: (result: RunResult) => Readonly<Record<string, string>> | undefined,
): Reader[] {
  const names = new Set([...Object.keys(read(a) ?? {}), ...Object.keys(read(b) ?? {})]);
  const value = (record: Readonly<Record<string, string>> | undefined, name: string) =>
    record === undefined ? undefined : (record[name] ?? null);
  return [...names].map((name): Reader => [`${what} ${name}`, withholds, (result) => value(read(result), name)]);
}

/** How each server that is not ours was had, and what it said of its version. */
function serversOf({ targets = [] }: Settings): Record<string, string> {
  return Object.fromEntries(
    targets.map(({ name, start, attach, found }) => {
      const had = start === undefined ? (attach?.url ?? '') : start.command.join(' ');
      return [name, found === undefined ? had : `${had} (${found})`];
    }),
  );
}

function major(version: string): string {
  return /\d+/.exec(version)?.[0] ?? version;
}

function shown(value: Fact): string {
  if (value === undefined) return 'not recorded';
  if (value === null) return 'none';
  return typeof value === 'boolean' ? (value ? 'yes' : 'no') : String(value);
}
