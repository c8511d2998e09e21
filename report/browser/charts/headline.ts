import type { Plugin } from 'chart.js';
import { NARROW } from './axes.ts';
import type { Scene } from './scene.ts';

/** Height of a line of words above a chart. */
export const HEADLINE_HEIGHT = 16;

const isNarrow = (scene: Scene) => scene.width < NARROW;

/** The space that a chart of lines leaves beside and above itself. */
export function roomAround(scene: Scene, right: number, top = 0): { padding: { right: number; top: number } } {
  return { padding: { right, top: top + (isNarrow(scene) ? HEADLINE_HEIGHT + 6 : 0) } };
}

/** On a narrow screen the name of the upright axis stands above it, where it takes no width. */
export function headline(scene: Scene): Plugin<'line'> {
  return {
    id: 'headline',
    afterDraw({ ctx, options, width }) {
      const text = options.scales?.['y']?.title?.text;
      if (!isNarrow(scene) || typeof text !== 'string') return;
      ctx.save();
      ctx.font = `12px ${scene.theme.font}`;
      ctx.fillStyle = scene.theme.muted;
      ctx.textBaseline = 'top';
      ctx.fillText(text, 0, 0, width);
      ctx.restore();
    },
  };
}
