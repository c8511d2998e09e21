// The page's script: everything that the reader can read is in the HTML already; this draws and sorts.
import type { PageData } from '../page-data.ts';
import { dismissTooltips, drawAll } from './canvas.ts';
import { enableCopying } from './copy.ts';
import { enableCsv } from './download.ts';
import { enableSorting } from './table-sort.ts';
import { currentTheme, onThemeChange } from './theme.ts';
import { enableToolbar, showState } from './toolbar.ts';
import { createView, initialState } from './view-state.ts';

const data: PageData = JSON.parse(document.getElementById('data')?.textContent ?? '');

const view = createView(initialState(data), (state) => {
  showState(document, state);
  drawAll(data, state, currentTheme('screen'));
});

enableToolbar(document, view);
enableSorting(document);
enableCopying(document);
enableCsv(document, data);
onThemeChange((medium) => drawAll(data, view.get(), currentTheme(medium)));
addEventListener('keydown', ({ key }) => key === 'Escape' && dismissTooltips());
view.set({});
