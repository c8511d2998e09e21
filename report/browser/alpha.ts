/** The `#rrggbb` colour with an opacity from 0 to 1. */
export function withAlpha(colour: string, opacity: number): string {
  return `${colour}${Math.round(opacity * 255)
    .toString(16)
    .padStart(2, '0')}`;
}
