// One way of delivery in words: its figures, what speaks against it, and how the figures came about.
import type { PageData } from '../page-data.ts';
import { placeParts } from '../figures/load.ts';
import type { Needs, Option } from './choose.ts';
import { longestPollIntervalMs } from './design.ts';
import type { Place } from './evidence.ts';
import { enumerate, formatNumber, formatSetting, humanise } from '../../bench/basics/amounts.ts';

/** `1.06 s` of milliseconds. */
export const timeText = (ms: number) => humanise('us', ms * 1000);

/** Of all clients together. */
export const memoryText = (bytes: number) => `${formatNumber(bytes / 1024 ** 2)} MiB`;

/** `0.11 cores`. */
export const coresText = (cores: number) => `${formatNumber(cores)} cores`;

/** `1,000 clients, 10 ticks/s, 128 B`. */
export const placeText = (place: Place) =>
  placeParts(place)
    .map(([, text]) => text)
    .join(', ');

/** What is wrong with an option; empty where nothing is. */
export function objectionsText({ objections, ...option }: Option, data: PageData, needs: Needs): string {
  return objections
    .map((objection) => {
      if (objection.kind === 'blocked') return 'may not get through';
      if (objection.kind === 'stale') return `over the budget${shorterPolls(option, needs)}`;
      if (objection.kind === 'loses') return `delivered only ${humanise('ratio', objection.coverage)} of the ticks`;
      return `needs ${coresText(option.cores)}; the server of this run has ${formatSetting(data.serverWorkers)}`;
    })
    .join('; ');
}

function shorterPolls({ row, designMs, ageMs }: Omit<Option, 'objections'>, { rateHz, budgetMs }: Needs): string {
  if (row.pollIntervalMs === null) return '';
  const longest = longestPollIntervalMs(1000 / rateHz, ageMs - designMs, budgetMs);
  return longest === null ? '' : `; by design an interval of ${timeText(longest)} would meet it`;
}

/** How the figures came about. */
export function basisText({ basis }: Option): string {
  if (basis.kind === 'measured') return 'Measured at exactly this load.';
  if (basis.kind === 'interpolated')
    return `Not measured at this load: interpolated between ${enumerate(basis.between.map(placeText))}.`;
  return `Not measured at this load: extrapolated from ${placeText(basis.from)}, the nearest that was. Delays are taken to grow with the number of clients, CPU with the deliveries and with the polls; what a server does beyond its limits is not in this.`;
}
