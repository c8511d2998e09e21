// Where a logarithmic axis has its lines: shared by the charts that scripts draw and those that are drawn into the page.

const mantissa = (value: number) => Math.round(value / 10 ** Math.floor(Math.log10(value) + 1e-9));

/** Steps within a decade, the coarser ones first. */
const STEPS: readonly (readonly number[])[] = [
  [1, 2, 5],
  [1, 1.5, 2, 3, 4, 5, 6, 8],
];

/** An axis with fewer lines says too little. */
const FEWEST = 3;

/** About as many lines where the range is so narrow that a logarithm is all but linear. */
const LINEAR = 5;

/**
 * The numbers that a logarithmic axis names: each decade, and 2 and 5 between when there is room; finer ones where it does
 * not reach over a decade, and even ones where it hardly reaches anywhere.
 *
 * @param min above zero
 */
export function logTicks({ min, max }: { min: number; max: number }, most = 9): number[] {
  const ticks = ticksOf(STEPS[0]!, min, max);
  if (ticks.length > most) return ticks.filter((value) => mantissa(value) === 1);
  if (ticks.length >= FEWEST) return ticks;
  const finer = ticksOf(STEPS[1]!, min, max);
  return finer.length >= FEWEST && max / min > 2 ? finer : evenTicks(min, max);
}

/** Multiples of a 1-2-5 step. */
function evenTicks(min: number, max: number): number[] {
  const rough = (max - min) / LINEAR;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * (STEPS[0]!.find((mantissa) => mantissa * power >= rough) ?? 10);
  const first = Math.ceil(min / step);
  const count = Math.floor(max / step) - first + 1;
  return Array.from({ length: count }, (_, index) => Number(((first + index) * step).toPrecision(6)));
}

function ticksOf(steps: readonly number[], min: number, max: number): number[] {
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(min)); 10 ** power <= max; power += 1)
    for (const step of steps) {
      const value = Number((step * 10 ** power).toPrecision(6));
      if (value >= min * 0.999 && value <= max * 1.001) ticks.push(value);
    }
  return ticks;
}
