import type { Markup } from '../../page/html.ts';
import { mark, shapeOf } from '../../page/marks.ts';
import { LOOKS } from '../../transports/looks.ts';
import type { TransportId } from '../protocol.ts';

/** The transport's sign in its shape and colour, for beside its name. */
export function markOf(id: TransportId): Markup {
  return mark(shapeOf(LOOKS[id].shape), id);
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
  switch (LOOKS[id].shape) {
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
  }
}
