import { Type, type Static } from 'typebox';

/**
 * Where a server's ticks come from. `self`: it makes each when it is due. Else it is given them, in the form of feed/tick.ts, and
 * knows no schedule: `stdin`, lines of its standard input; `http`, bodies of `POST /publish`.
 */
export const FeedSource = Type.Enum(['self', 'stdin', 'http']);
export type FeedSource = Static<typeof FeedSource>;
