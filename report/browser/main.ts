// The page's script: everything that the reader can read is in the HTML already; this draws, sorts, answers and saves.
import type { PageData } from '../page-data.ts';
import { createView, initialState, type ViewState } from '../view-link.ts';
import { dismissTooltips, drawAll } from './canvas.ts';
import { enableComparison } from './compare.ts';
import { enableCopying } from './copy.ts';
import { followLinks, writeLink } from './deep-link.ts';
import { enableExports } from './exports.ts';
import { enableQuestions, showAnswer, showPlan } from './questions.ts';
import { enablePictures } from './png.ts';
import { enableSorting } from './table-sort.ts';
import { currentTheme, onThemeChange } from './theme.ts';
import { enableToolbar, showState } from './toolbar.ts';

const data = JSON.parse(document.getElementById('data')?.textContent ?? '') as PageData;

let isDrawn = false;

const view = createView(initialState(data), (state, before) => {
  showState(document, state);
  // Going to another section changes the address, and no chart; so does what chooser and planner are asked.
  const { section: _, needs, plan, ...drawn } = state;
  if (needs !== before.needs) showAnswer(document, data, state);
  if (plan !== before.plan) showPlan(document, data, state);
  if (!isDrawn || Object.entries(drawn).some(([key, value]) => before[key as keyof ViewState] !== value))
    drawAll(data, state, currentTheme('screen'));
  isDrawn = true;
  writeLink(state, data);
});

enableToolbar(document, view);
enableSorting(document);
enableQuestions(document, data, view);
enableComparison(document);
enableCopying(document);
enableExports(document, data, view);
const loadLabel = () => data.loads.find(({ key }) => key === view.get().load)?.label ?? '';
enablePictures(document, data, loadLabel, () => currentTheme('screen'));
onThemeChange((medium) => drawAll(data, view.get(), currentTheme(medium)));
addEventListener('keydown', ({ key }) => key === 'Escape' && dismissTooltips());
followLinks(data, view);
performance.mark('pushbench:ready');
