// Loaded into every process of a run by NODE_OPTIONS=--import: the clock on the wall leaps by up to a day, forward and back,
// each time it is read. What the processes measure must not notice.
const DAY_MS = 86_400_000;
let reads = 0;
const realNow = Date.now.bind(Date);
const steppingNow = () => realNow() + Math.round(Math.sin(++reads * 12.9898) * DAY_MS);

globalThis.Date = class extends Date {
  constructor(...args: [] | [number | string | Date]) {
    if (args.length === 0) super(steppingNow());
    else super(...(args as [number]));
  }

  static override now(): number {
    return steppingNow();
  }
} as DateConstructor;
