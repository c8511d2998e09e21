import type { ConnectError } from '../../bench/result/schema.ts';
import { sumOf } from '../../bench/basics/numbers.ts';
import { cellLabel } from '../figures/load.ts';
import { dataTable, num, text } from '../table.ts';
import type { Section } from './section.ts';
import { formatCount } from '../../bench/basics/amounts.ts';

const PHASES = { connect: 'while connecting', open: 'once open' } as const satisfies Record<
  ConnectError['phase'],
  string
>;

const LISTED = 200;

/** The time of day at which a trial began. */
const clock = (iso: string) => (iso.length >= 19 ? `${iso.slice(11, 19)} UTC` : iso);

/** Connection errors by class and cell. */
export const errors: Section = {
  id: 'errors',
  title: 'Errors',
  render({ result }) {
    const found = result.trials.flatMap((trial) =>
      trial.errors.map((error) => ({ ...error, cell: cellLabel(result, trial.cell), at: trial.startedAt })),
    );
    if (found.length === 0) return null;
    const groups = Map.groupBy(found, ({ code, phase, message, cell }) => JSON.stringify([code, phase, message, cell]));
    const rows = [...groups.values()].flatMap((group) => {
      const [first] = group;
      const count = sumOf(group.map((error) => error.count));
      const times = group.map(({ at }) => at).toSorted();
      const seen = { firstSeen: times[0] ?? '', lastSeen: times.at(-1) ?? '' };
      return first === undefined ? [] : [{ ...first, ...seen, count, trials: group.length }];
    });
    return dataTable(
      'Connection errors by class and cell',
      [
        text('class'),
        text('when'),
        text('message'),
        text('where'),
        num('count'),
        num('trials'),
        num('first seen, trial of'),
        num('last seen, trial of'),
      ],
      rows
        .toSorted((a, b) => b.count - a.count)
        .slice(0, LISTED)
        .map((row) => [
          row.code,
          PHASES[row.phase],
          row.message,
          row.cell,
          formatCount(row.count),
          String(row.trials),
          clock(row.firstSeen),
          clock(row.lastSeen),
        ]),
    );
  },
};
