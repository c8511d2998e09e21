import type { PageData, SweepVariable } from '../page-data.ts';

/** What the reader has chosen to see: all of it, so that it can become a link. */
export type ViewState = {
  /** Transports that are not drawn. */
  readonly hidden: ReadonlySet<string>;
  /** Of the axes that show times. */
  readonly scale: 'log' | 'linear';
  /** Key of the load that charts of one load show. */
  readonly load: string;
  /** What the sweep charts have on their x axis. */
  readonly across: SweepVariable | null;
};

export type View = {
  readonly get: () => ViewState;
  readonly set: (change: Partial<ViewState>) => void;
};

/** Everything shown, times on a log axis. */
export function initialState(data: PageData): ViewState {
  return { hidden: new Set(), scale: 'log', load: data.focus, across: data.swept[0] ?? null };
}

/** Holds the state and calls `changed` after each change of it. */
export function createView(state: ViewState, changed: (state: ViewState) => void): View {
  let current = state;
  return {
    get: () => current,
    set: (change) => {
      current = { ...current, ...change };
      changed(current);
    },
  };
}
