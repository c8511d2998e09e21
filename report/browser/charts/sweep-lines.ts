import type { Estimate, PageLoad, PageRow, SweepVariable } from '../../page-data.ts';
import { LOAD_KEYS, loadValue } from '../../../bench/result/cell.ts';
import { currentLoad, type Named, type Scene } from './scene.ts';

type SweepPoint = { readonly x: number; readonly estimate: Estimate; readonly row: PageRow };

/** One transport across the swept variable, everything else as in the chosen load. */
export type SweepLine = Named & {
  readonly points: readonly SweepPoint[];
  /** The variable does not exist for this transport: its one figure is drawn across the whole width. */
  readonly constant: boolean;
};

/** Loads that agree with the chosen one in everything but the variable. */
function matching(scene: Scene, across: SweepVariable): readonly PageLoad[] {
  const chosen = currentLoad(scene);
  if (chosen === undefined) return [];
  return scene.data.loads.filter((load) =>
    LOAD_KEYS.every((name) => name === across || loadValue(load, name) === loadValue(chosen, name)),
  );
}

/** The lines of a metric against the variable; rows without the figure are left out. */
export function sweepLines(scene: Scene, across: SweepVariable, metric: string): SweepLine[] {
  const loads = matching(scene, across);
  const cells = loads.flatMap((load) => load.rows.map((row) => ({ load, row })));
  const intervals = cells.flatMap(({ row }) => row.pollIntervalMs ?? []);
  const several = new Set(intervals).size > 1;
  return scene.data.transports.flatMap((transport) => {
    if (scene.state.hidden.has(transport.id)) return [];
    const own = cells.filter(({ row }) => row.transport === transport.id && row.usable);
    const constant = across === 'pollIntervalMs' && own.every(({ row }) => row.pollIntervalMs === null);
    // A line for each poll interval, when that is swept as well.
    const groups =
      across === 'pollIntervalMs' || !several ? [own] : [...Map.groupBy(own, ({ row }) => row.pollIntervalMs).values()];
    return groups.flatMap((group): SweepLine[] => {
      const points = group
        .flatMap(({ load, row }): SweepPoint[] => {
          const estimate = row.metrics[metric];
          if (estimate === undefined) return [];
          if (constant) return [Math.min(...intervals), Math.max(...intervals)].map((x) => ({ x, estimate, row }));
          const x = across === 'pollIntervalMs' ? row.pollIntervalMs : load[across];
          return x === null ? [] : [{ x, estimate, row }];
        })
        .toSorted((a, b) => a.x - b.x);
      const label = across === 'pollIntervalMs' ? transport.label : (group[0]?.row.label ?? transport.label);
      return points.length === 0 ? [] : [{ transport, label, colour: scene.theme.colour(transport), points, constant }];
    });
  });
}
