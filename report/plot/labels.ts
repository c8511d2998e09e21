// Names beside the ends of lines: shared by the charts that scripts draw and those that are drawn into the page.

const LONGEST = 24;

/** The transport at the end of a name: what is cut out stands before it, or entrants of one server would look alike. */
const LAST_WORDS = / (?:long )?\S{1,12}$/;

/** A name that fits beside a chart; the tables have it whole. */
export function shortName(name: string): string {
  if (name.length <= LONGEST) return name;
  const end = LAST_WORDS.exec(name)?.[0] ?? '';
  return `${name.slice(0, LONGEST - 1 - end.length).trimEnd()}…${end}`;
}

/** Labels from top to bottom, each `at` a place at least a gap from the next, as close to its own `y` as they fit between top and bottom. */
export function apart<Label extends { readonly y: number }>(
  labels: readonly Label[],
  gap: number,
  top: number,
  bottom: number,
): (Label & { at: number })[] {
  let lowest = top;
  const placed = labels
    .toSorted((a, b) => a.y - b.y)
    .map((label) => {
      const at = Math.max(label.y, lowest);
      lowest = at + gap;
      return { ...label, at };
    });
  // what went beyond the bottom moves up, and pushes the others
  let highest = bottom;
  for (const label of placed.toReversed()) {
    label.at = Math.min(label.at, highest);
    highest = label.at - gap;
  }
  return placed;
}
