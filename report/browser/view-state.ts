import type { ViewState } from '../view-link.ts';

export type View = {
  readonly get: () => ViewState;
  readonly set: (change: Partial<ViewState>) => void;
};

/** Holds the state and calls `changed` after each change of it, with what it was before. */
export function createView(state: ViewState, changed: (state: ViewState, before: ViewState) => void): View {
  let current = state;
  return {
    get: () => current,
    set: (change) => {
      const before = current;
      current = { ...current, ...change };
      changed(current, before);
    },
  };
}
