import { Type, type Static } from 'typebox';

/** How a tick reaches many connections: framed once and shared, or by the call that most applications use. */
export const FanOutMode = Type.Union([Type.Literal('prepared'), Type.Literal('idiomatic')]);
export type FanOutMode = Static<typeof FanOutMode>;
