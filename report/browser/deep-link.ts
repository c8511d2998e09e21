import type { PageData } from '../page-data.ts';
import { linkTo, readLink, type View, type ViewState } from '../view-link.ts';

/** The section or chart of that id; a link may name nothing else. */
function placeOf(id: string): HTMLElement | null {
  const place = document.getElementById(id);
  return place?.matches('main, section, figure') === true ? place : null;
}

/** Goes where a link leads, for eyes and for screen readers. */
function goTo(id: string): void {
  const place = placeOf(id);
  if (place === null) return;
  place.tabIndex = -1;
  place.focus({ preventScroll: true });
  place.scrollIntoView();
}

/** Writes the view into the address, so that it can be copied; history keeps its length. */
export function writeLink(state: ViewState, data: PageData): void {
  const link = linkTo(state, data);
  if (link === location.hash) return;
  try {
    history.replaceState(null, '', link === '' ? location.pathname + location.search : link);
  } catch {
    // A browser may refuse it to files; then the address stays as it was.
  }
}

/** Restores the view that the address names, now and whenever it changes. */
export function followLinks(data: PageData, view: View): void {
  const follow = () => {
    const asked = readLink(location.hash, data);
    view.set({ ...asked, section: placeOf(asked.section ?? '') === null ? '' : (asked.section ?? '') });
    goTo(view.get().section);
  };
  addEventListener('hashchange', follow);
  follow();
}
