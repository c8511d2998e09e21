import type { PageData, PageLoad, PageRow } from '../page-data.ts';
import { sumOf } from '../../bench/basics/numbers.ts';

// What a transport costs by its design, whatever a server does. Measured figures are carried to other loads as what they
// add to this, so that a slower feed or a larger payload is not mistaken for a slower server.

const P99_REST = 0.01;

/**
 * The p99 age of information in ms where nothing takes any time. Between two ticks the age rises from 0 to the feed's
 * period; a poll finds a tick after a time that is uniform on the poll interval, so that age is the sum of two independent
 * uniform variables. The quantile of their trapezoidal density: the last `t` before the end a + b holds t^2 / 2ab of it as
 * long as t is at most the shorter of the two, and (t - a / 2) / b beyond.
 *
 * @param pollIntervalMs `null` for what is pushed
 */
export function designAgeP99Ms(periodMs: number, pollIntervalMs: number | null): number {
  if (pollIntervalMs === null) return periodMs * (1 - P99_REST);
  const [a, b] = [Math.min(periodMs, pollIntervalMs), Math.max(periodMs, pollIntervalMs)];
  const inTriangle = Math.sqrt(2 * P99_REST * a * b);
  return a + b - (inTriangle <= a ? inTriangle : P99_REST * b + a / 2);
}

/**
 * The longest poll interval in whole ms whose p99 age is within a budget, given what server and network add to the design;
 * `null` where none is.
 */
export function longestPollIntervalMs(periodMs: number, addedMs: number, budgetMs: number): number | null {
  const fits = (intervalMs: number) => designAgeP99Ms(periodMs, intervalMs) + addedMs <= budgetMs;
  let [low, high] = [1, Math.ceil(budgetMs)];
  if (!fits(low)) return null;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return fits(high) ? high : low;
}

/** A load that somebody has: in the units of a cell. */
export type Place = { readonly clients: number; readonly rateHz: number; readonly payloadBytes: number };

/** How a figure at a load came about. */
type Basis =
  | { readonly kind: 'measured' }
  | { readonly kind: 'interpolated'; readonly between: readonly PageLoad[] }
  | { readonly kind: 'extrapolated'; readonly from: PageLoad; readonly factor: number };

/** What one way of delivery would show at a load. */
export type Expected = {
  /** Transport and poll interval, by the load nearest to what is asked. */
  readonly row: PageRow;
  readonly basis: Basis;
  /** p99 age of information: by design, and with what was measured on top of it. */
  readonly designMs: number;
  readonly ageMs: number;
  /** Of the measured part, in the same way; the same as `ageMs` where there is no interval. */
  readonly ageHighMs: number;
  /** Server CPU, cores kept busy. */
  readonly cores: number;
  /** Server memory held for all clients. */
  readonly memoryBytes: number;
  /** On the wire for all clients. */
  readonly bytesPerSecond: number;
};

/** What adds up linearly: delays beyond the design, and costs of one client in one second. */
type Rates = {
  readonly addedMs: number;
  readonly addedHighMs: number;
  readonly cpuUsPerClientSecond: number;
  readonly memoryBytesPerClient: number;
  readonly overheadBytesPerClientSecond: number;
  /** Of the ticks: below 1 where polls for the newest tick skip some by design. */
  readonly delivered: number;
};

type Cell = { readonly load: PageLoad; readonly row: PageRow; readonly rates: Rates };

const AXES = ['clients', 'rateHz', 'payloadBytes'] as const satisfies (keyof Place)[];

/** The figures of a cell; `null` where one is missing or no trial of the cell is valid. */
function ratesOf(load: PageLoad, row: PageRow): Rates | null {
  const [age, cores, memory, bytes] = ['ageP99', 'cpuCores', 'memory', 'bytes'].map((id) => row.metrics[id]);
  if (!row.usable || !age || !cores || !memory || !bytes) return null;
  const deliveries = row.samples / (row.trialP99Us.length * load.windowSeconds * load.clients);
  const designMs = designAgeP99Ms(1000 / load.rateHz, row.pollIntervalMs);
  const added = (us: number) => Math.max(0, us / 1000 - designMs);
  return {
    addedMs: added(age[0]),
    addedHighMs: added(age[2] ?? age[0]),
    cpuUsPerClientSecond: (cores[0] * 1e6) / load.clients,
    memoryBytesPerClient: Math.max(0, memory[0]),
    overheadBytesPerClientSecond: Math.max(0, bytes[0] - load.payloadBytes) * deliveries,
    delivered: Math.min(1, deliveries / load.rateHz),
  };
}

function expected(place: Place, row: PageRow, basis: Basis, rates: Rates): Expected {
  const { clients, rateHz, payloadBytes } = place;
  const designMs = designAgeP99Ms(1000 / rateHz, row.pollIntervalMs);
  return {
    row,
    basis,
    designMs,
    ageMs: designMs + rates.addedMs,
    ageHighMs: designMs + rates.addedHighMs,
    cores: (rates.cpuUsPerClientSecond * clients) / 1e6,
    memoryBytes: rates.memoryBytesPerClient * clients,
    bytesPerSecond: (payloadBytes * rateHz * rates.delivered + rates.overheadBytesPerClientSecond) * clients,
  };
}

/** How many times as far as one measured load is from another, in all that a load consists of. */
export function distance(a: Place, b: Place): number {
  return Math.exp(AXES.reduce((sum, axis) => sum + Math.abs(Math.log(a[axis] / b[axis])), 0));
}

/** The measured values next to a value on both sides, once where it was measured itself; `null` beyond them. */
function around(values: readonly number[], value: number): readonly number[] | null {
  if (values.includes(value)) return [value];
  const [below, above] = [values.filter((x) => x < value), values.filter((x) => x > value)];
  return below.length === 0 || above.length === 0 ? null : [Math.max(...below), Math.min(...above)];
}

const combine = (parts: readonly { readonly weight: number; readonly rates: Rates }[]): Rates => {
  const names = Object.keys(parts[0]?.rates ?? {}) as (keyof Rates)[];
  const sum = (name: keyof Rates) => sumOf(parts.map(({ weight, rates }) => weight * rates[name]));
  return Object.fromEntries(names.map((name) => [name, sum(name)])) as Record<keyof Rates, number>;
};

/** Linear in every variable between the measured corners around the place; `null` where a corner is missing. */
function interpolate(cells: readonly Cell[], place: Place): { rates: Rates; between: Cell[] } | null {
  let corners: { values: Partial<Place>; weight: number }[] = [{ values: {}, weight: 1 }];
  for (const axis of AXES) {
    const measured = cells.map(({ load }) => load[axis]);
    const ends = around(measured, place[axis]);
    if (ends === null) return null;
    const [low, high] = ends;
    corners = corners.flatMap(({ values, weight }) =>
      ends.map((end) => {
        const share =
          low === undefined || high === undefined
            ? 1
            : Math.abs(place[axis] - (end === low ? high : low)) / (high - low);
        return { values: { ...values, [axis]: end }, weight: weight * share };
      }),
    );
  }
  const found = corners.flatMap(({ values, weight }) => {
    const cell = cells.find(({ load }) => AXES.every((axis) => load[axis] === values[axis]));
    return cell === undefined ? [] : [{ cell, weight }];
  });
  if (found.length < corners.length) return null;
  return {
    rates: combine(found.map(({ cell, weight }) => ({ weight, rates: cell.rates }))),
    between: found.map(({ cell }) => cell),
  };
}

/**
 * The nearest cell's figures at another load, on the side of caution: delays grow with the number of clients, since a
 * fan-out visits them one after the other; a push costs CPU for each tick, and a poll is made whether or not there is one.
 */
function carry({ load, row, rates }: Cell, place: Place): Rates {
  const more = Math.max(1, place.clients / load.clients);
  const faster = place.rateHz / load.rateHz;
  const costs = row.pollIntervalMs === null ? faster : Math.max(1, faster);
  return {
    ...rates,
    addedMs: rates.addedMs * more,
    addedHighMs: rates.addedHighMs * more,
    cpuUsPerClientSecond: rates.cpuUsPerClientSecond * costs,
    overheadBytesPerClientSecond: rates.overheadBytesPerClientSecond * costs,
  };
}

/** The cells of each transport and poll interval that have all figures, with the driver and fan-out shown first. */
function usableCells(data: PageData): Cell[][] {
  const focus = data.loads.find(({ key }) => key === data.focus);
  const cells = data.loads
    .filter(
      ({ driver, fanOut, network }) =>
        driver === focus?.driver && fanOut === focus.fanOut && (network ?? null) === (focus.network ?? null),
    )
    .flatMap((load) =>
      load.rows.flatMap((row): Cell[] => {
        const rates = ratesOf(load, row);
        return rates === null ? [] : [{ load, row, rates }];
      }),
    );
  return [...Map.groupBy(cells, ({ row }) => JSON.stringify([row.transport, row.pollIntervalMs])).values()];
}

/** What each way of delivery would show at that load: as measured there, between measured loads, or from the nearest one. */
export function expectedAt(data: PageData, place: Place): Expected[] {
  return usableCells(data).flatMap((cells): Expected[] => {
    const nearest = cells.toSorted((a, b) => distance(a.load, place) - distance(b.load, place))[0];
    if (nearest === undefined) return [];
    const factor = distance(nearest.load, place);
    if (factor < 1 + 1e-9) return [expected(place, nearest.row, { kind: 'measured' }, nearest.rates)];
    const inside = interpolate(cells, place);
    if (inside !== null) {
      const between = inside.between.map(({ load }) => load);
      return [expected(place, nearest.row, { kind: 'interpolated', between }, inside.rates)];
    }
    const basis = { kind: 'extrapolated', from: nearest.load, factor } as const;
    return [expected(place, nearest.row, basis, carry(nearest, place))];
  });
}
