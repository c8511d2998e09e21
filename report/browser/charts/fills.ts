import type { Fill } from '../../figures/parts.ts';

const TILE = 8;

/** A fill in a transport's colour. */
export function fill(kind: Fill, colour: string): string | CanvasPattern {
  if (kind === 'solid') return colour;
  if (kind === 'light') return withAlpha(colour, 0.28);
  const tile = document.createElement('canvas');
  tile.width = tile.height = TILE;
  const context = tile.getContext('2d');
  if (context === null) return colour;
  context.strokeStyle = context.fillStyle = colour;
  context.lineWidth = 2;
  if (kind === 'hatch') {
    context.beginPath();
    for (const offset of [-TILE, 0, TILE]) {
      context.moveTo(offset, TILE);
      context.lineTo(offset + TILE, 0);
    }
    context.stroke();
  } else {
    for (const place of [2, 6]) {
      context.beginPath();
      context.arc(place, place, 1.5, 0, 2 * Math.PI);
      context.fill();
    }
  }
  return context.createPattern(tile, 'repeat') ?? colour;
}

/** The `#rrggbb` colour with an opacity from 0 to 1. */
export function withAlpha(colour: string, opacity: number): string {
  return `${colour}${Math.round(opacity * 255)
    .toString(16)
    .padStart(2, '0')}`;
}
