import type { PageData } from '../page-data.ts';
import { fileName, save } from './exports.ts';
import type { Theme } from './theme.ts';

const PADDING = 16;
const TITLE = 17;
const SMALL = 12;

/** Words for the fills of a stacked bar, since a picture has no key. */
const FILLS: Readonly<Record<string, string>> = {
  solid: 'solid',
  hatch: 'hatched',
  light: 'pale',
  dots: 'dotted',
};

function keyOf(figure: Element): string {
  return [...figure.querySelectorAll<HTMLElement>('.key li')]
    .map((item) => `${FILLS[item.dataset['fill'] ?? ''] ?? ''}: ${item.textContent.trim()}`)
    .join('   ');
}

/** The chart on the page's background, with its title, what it was drawn from, and the key of its fills. */
function picture(canvas: HTMLCanvasElement, title: string, words: readonly string[], theme: Theme): HTMLCanvasElement {
  const scale = canvas.width / canvas.clientWidth;
  const wide = canvas.clientWidth + 2 * PADDING;
  const head = PADDING + TITLE + words.length * (SMALL + 6) + 10;
  const whole = document.createElement('canvas');
  whole.width = Math.round(wide * scale);
  whole.height = Math.round((head + canvas.clientHeight + PADDING) * scale);
  const context = whole.getContext('2d');
  if (context === null) return whole;
  context.scale(scale, scale);
  context.fillStyle = theme.page;
  context.fillRect(0, 0, wide, whole.height);
  context.textBaseline = 'top';
  context.fillStyle = theme.ink;
  context.font = `600 ${TITLE}px ${theme.font}`;
  context.fillText(title, PADDING, PADDING, wide - 2 * PADDING);
  context.fillStyle = theme.muted;
  context.font = `${SMALL}px ${theme.font}`;
  for (const [line, text] of words.entries())
    context.fillText(text, PADDING, PADDING + TITLE + 6 + line * (SMALL + 6), wide - 2 * PADDING);
  context.drawImage(canvas, PADDING, head, canvas.clientWidth, canvas.clientHeight);
  return whole;
}

/** Shows the tools of each chart and lets them save it as a picture. */
export function enablePictures(root: ParentNode, data: PageData, load: () => string, theme: () => Theme): void {
  for (const button of root.querySelectorAll<HTMLButtonElement>('[data-png]')) {
    const figure = button.closest('figure');
    const canvas = figure?.querySelector('canvas');
    const tools = button.closest<HTMLElement>('.tools');
    if (!figure || !canvas || !tools) continue;
    tools.hidden = false;
    button.addEventListener('click', () => {
      if (canvas.clientWidth === 0) return; // nothing is drawn at the moment
      const title = figure.querySelector('h3')?.textContent ?? '';
      const words = [`${data.title} · ${load()}`, keyOf(figure)].filter((text) => text !== '');
      picture(canvas, title, words, theme()).toBlob((content) => {
        if (content !== null) save(`${fileName(data.runId)}-${button.dataset['png'] ?? 'chart'}.png`, content);
      });
    });
  }
}
