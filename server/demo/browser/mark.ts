import type { Markup } from '../../page/html.ts';
import { mark, shapeOf } from '../../page/marks.ts';
import { TRAITS, type TransportId } from '../../transports/traits.ts';

/** The transport's sign in its shape and colour, for beside its name. */
export function markOf(id: TransportId): Markup {
  return mark(shapeOf(TRAITS[id].look.shape), id);
}

/** Adds the sign to the canvas's current path, `size` pixels wide, its centre at the point given. */
export function traceMark(
  context: CanvasRenderingContext2D,
  id: TransportId,
  x: number,
  y: number,
  size: number,
): void {
  const half = size / 2;
  switch (TRAITS[id].look.shape) {
    case 'circle':
      context.moveTo(x + half, y);
      context.arc(x, y, half, 0, 2 * Math.PI);
      break;
    case 'rect':
      context.rect(x - half, y - half, size, size);
      break;
    case 'triangle':
      context.moveTo(x, y - half);
      context.lineTo(x + half, y + half);
      context.lineTo(x - half, y + half);
      break;
    case 'rectRot':
      context.moveTo(x, y - half);
      context.lineTo(x + half, y);
      context.lineTo(x, y + half);
      context.lineTo(x - half, y);
      break;
    case 'crossRot': {
      const [reach, waist] = [half * 0.9, half * 0.3];
      context.moveTo(x - reach, y - reach + waist);
      for (const [across, down] of [
        [-reach + waist, -reach],
        [0, -waist],
        [reach - waist, -reach],
        [reach, -reach + waist],
        [waist, 0],
        [reach, reach - waist],
        [reach - waist, reach],
        [0, waist],
        [-reach + waist, reach],
        [-reach, reach - waist],
        [-waist, 0],
      ] as const)
        context.lineTo(x + across, y + down);
      context.closePath();
      break;
    }
  }
}
