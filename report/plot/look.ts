// Transports' signs and colours in reports.
import type { TransportLook } from '../../bench/result/schema.ts';
import type { Markup } from '../../server/page/html.ts';
import { lookStyles, mark, shapeOf } from '../../server/page/marks.ts';

/** The name of a transport's class, by its place among the looks. */
export function classOf(looks: readonly TransportLook[], transport: string): string {
  return `t${looks.findIndex(({ id }) => id === transport)}`;
}

/** The transport's sign without its box. */
export function signOf(looks: readonly TransportLook[], transport: string): Markup {
  return shapeOf(looks.find(({ id }) => id === transport)?.shape ?? 'circle');
}

/** The transport's sign in its colour, for beside its name. */
export function markOf(looks: readonly TransportLook[], transport: string): Markup {
  return mark(signOf(looks, transport), classOf(looks, transport));
}

/** The style rules that give each transport its colour. */
export function stylesOf(looks: readonly TransportLook[]): string {
  return lookStyles(looks, (_, place) => `t${place}`);
}
