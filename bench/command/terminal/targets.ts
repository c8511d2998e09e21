import { visible } from '../../basics/shown.ts';
import type { Installed } from '../../target/installed.ts';
import { hang, table, wrap, type Paint } from './style.ts';

/** A server that can be measured by its name. */
export type ListedTarget = Installed & {
  name: string;
  title: string;
  transports: readonly string[];
  /** How ticks come to it. */
  feed: string;
  /** What to install; null where it does not say. */
  from: string | null;
  /** Why its file cannot be read; null where it can. */
  problem: string | null;
};

/** Two lines each: what it is; and its version, or what is to be done before it can be measured. */
export function targetLines(targets: readonly ListedTarget[], width: number, paint: Paint): string[] {
  const heads = table(
    targets.map(({ name, title, transports, feed }) => [
      visible(name),
      transports.join(', '),
      feed === '' ? '' : `fed by ${feed === 'stdin' || feed === 'http' ? feed : 'itself'}`,
      visible(title),
    ]),
    4,
  );
  return [
    ...targets.flatMap((target, at) => [
      heads[at]!,
      ...hang(wrap(stateOf(target), width - 4), '    ').map((line, index) =>
        paint(target.isInstalled ? 'dim' : 'yellow', index === 0 ? `    ${line}` : line),
      ),
    ]),
    '',
    'Look at one: npm run bench -- check NAME. Measure some: npm run bench -- --targets builtin,NAME',
  ];
}

function stateOf({ isInstalled, isToBeBuilt, version, from, problem }: ListedTarget): string {
  if (problem !== null) return `cannot be used: its file ${visible(problem)}`;
  if (!isInstalled) return from === null ? 'not installed' : `not installed: ${visible(from)}`;
  const known = version === null ? 'installed' : `installed: ${version}`;
  return isToBeBuilt ? `${known}; not built yet, which a check or a run does` : known;
}
