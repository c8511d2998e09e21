import { warmUpText } from '../../trial/warm-up.ts';
import { filesNeeded, type Needs } from '../../run/preflight.ts';
import type { Cell, Plan } from '../../result/schema.ts';
import { formatBytes, formatClock, formatCount, formatDuration, formatLevel, plural } from '../../basics/amounts.ts';
import { windowText } from '../../trial/window.ts';
import { reachText } from './reach-words.ts';
import { definitions, hang, columnsOf, table, wrap } from './style.ts';
import { visible } from '../../basics/shown.ts';

const MAX_CELLS = 40;
const MAX_COLUMNS = 100;

type Column = readonly [header: string, text: (cell: Cell) => string];

const COLUMNS: readonly Column[] = [
  ['transport', ({ transport }) => visible(transport)],
  ['clients', ({ clients }) => formatCount(clients)],
  ['ticks', ({ rateHz }) => `${formatLevel(rateHz)}/s`],
  ['payload', ({ payloadBytes }) => formatBytes(payloadBytes)],
  ['poll interval', ({ pollIntervalMs }) => (pollIntervalMs === null ? '-' : formatDuration(pollIntervalMs))],
  ['driver', ({ driver }) => driver],
  ['fan-out', ({ fanOut }) => fanOut],
  ['network', ({ network }) => visible(network ?? 'none')],
];

/**
 * What a run would do: how many trials and how long, its cells, its settings, what it needs, and where it writes.
 *
 * @param directory as it is shown
 * @param width of the terminal, of which at most 100 columns are used
 */
export function planLines(
  plan: Plan,
  estimate: { trials: number; ms: number },
  needs: Omit<Needs, 'address' | 'port'>,
  directory: string,
  width: number,
): string[] {
  const { cells, settings } = plan;
  const columns = Math.max(40, Math.min(width, MAX_COLUMNS));
  const files = filesNeeded(needs);
  const rates = cells.map(({ rateHz }) => rateHz);
  const [trials, blocks] = [plural(estimate.trials, 'trial'), plural(settings.blocks, 'block')];
  const head = `Would run ${trials} in about ${formatClock(estimate.ms)}: ${blocks} of ${plural(cells.length, 'cell')}`;
  return [
    ...hang(wrap(head, columns - 2), '  '),
    '',
    ...cellLines(cells.slice(0, MAX_CELLS), columns),
    ...(cells.length > MAX_CELLS ? [`  … and ${formatCount(cells.length - MAX_CELLS)} more`] : []),
    '',
    ...definitions(
      [
        [
          'Each trial',
          `connects ${formatCount(settings.rampPerSecond)} clients per second, warms up ` +
            `${settings.warmupMs === 'auto' ? '' : 'for '}${warmUpText(settings.warmupMs)}, measures for ${windowText(settings.durationMs, rates)}, then drains`,
        ],
        ['Compares', reachText(plan)],
        ['Order', `random in each block; --seed ${settings.seed} repeats it`],
        [
          'Processes',
          `${settings.serverWorkers === 1 ? '1 server' : `${settings.serverWorkers} servers that share the port`} and ` +
            `${plural(settings.agents, 'load agent')}${settings.pin ? ', on cores of their own' : ''}`,
        ],
        [
          'Needs',
          `${formatCount(files.server)} open files for each server process, ${formatCount(files.agent)} for each agent`,
        ],
        ['Writes to', visible(directory)],
      ],
      columns,
    ),
    '',
    'Nothing was started; without --dry-run it would be.',
  ];
}

/** A table of the cells; what they all share stands in one line below it where the table would be too wide. */
function cellLines(cells: readonly Cell[], columns: number): string[] {
  const build = (shown: readonly Column[]) =>
    table([shown.map(([header]) => header), ...cells.map((cell) => shown.map(([, text]) => text(cell)))], 1).map(
      (line) => `  ${line}`,
    );
  const told = cells.some(({ network }) => network) ? COLUMNS : COLUMNS.filter(([header]) => header !== 'network');
  const whole = build(told);
  if (whole.every((line) => columnsOf(line) <= columns)) return whole;
  const isShared = ([, text]: Column) => new Set(cells.map(text)).size === 1;
  const shared = told.filter((column) => isShared(column)).map(([header, text]) => `${header} ${text(cells[0]!)}`);
  const rest = build(told.filter((column) => !isShared(column)));
  return [...rest, ...wrap(`all with ${shared.join(', ')}`, columns - 2).map((line) => `  ${line}`)];
}
