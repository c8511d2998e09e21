import { TRAITS, type TransportLook } from '../../transports/traits.ts';
import type { TransportId } from '../../transports/traits.ts';
import { svg } from './dom.ts';

/** In a box of 14 by 14, as in the report. */
const PATHS: Readonly<Record<TransportLook['shape'], string>> = {
  circle: 'M7 2a5 5 0 1 1 0 10A5 5 0 1 1 7 2z',
  rect: 'M2.5 2.5h9v9h-9z',
  triangle: 'M7 1.5 13 12.5H1z',
  rectRot: 'M7 .8 13.2 7 7 13.2.8 7z',
  crossRot: 'M2 4 4 2l3 3 3-3 2 2-3 3 3 3-2 2-3-3-3 3-2-2 3-3z',
};

/** The transport's sign in its shape and colour, for beside its name; silent for screen readers. */
export function mark(id: TransportId): SVGElement {
  const sign = svg('svg', { class: `mark ${id}`, width: 14, height: 14, viewBox: '0 0 14 14', 'aria-hidden': 'true' });
  sign.append(svg('path', { d: PATHS[TRAITS[id].look.shape] }));
  return sign;
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
