import { Type, type Static } from 'typebox';
import { nowUs } from '../clock.ts';
import type { Tick } from './tick.ts';

const every = (what: string) => Type.Integer({ minimum: 0, description: `${what}; 0: never` });

/**
 * Faults that a server commits on purpose, so that the instrument can be tried on a known wrong: `npm run bench -- verify`
 * sets them, no flag does. "Every n" means the ticks whose sequence number is a multiple of n, for every client alike.
 */
export const Faults = Type.Object(
  {
    delayMs: Type.Number({ minimum: 0, description: 'each tick is emitted that long after it is due' }),
    stallMs: Type.Number({ minimum: 0, description: 'the event loop is blocked that long before a stalled tick' }),
    stallEvery: every('ticks before which the server stalls'),
    loseEvery: every('ticks that are never sent'),
    duplicateEvery: every('ticks that are sent twice'),
    reorderEvery: every('ticks that are sent after the next one'),
    corruptEvery: every('ticks of which one byte is changed'),
    writeUs: Type.Number({
      minimum: 0,
      description: 'the event loop is blocked that long before each write of a stream',
    }),
  },
  { additionalProperties: false },
);
export type Faults = Static<typeof Faults>;

export const NO_FAULTS = Object.fromEntries(Object.keys(Faults.properties).map((fault) => [fault, 0])) as Faults;

/** Whether tick `seq` is one of every n. */
export function isEvery(n: number, seq: number): boolean {
  return n > 0 && seq % n === 0;
}

/**
 * What is sent when tick `seq` is emitted, as sequence numbers in order: nothing (lost, or held back to come after the
 * next), one, or several. Pure; without faults always `[seq]`.
 */
export function emissionOf(faults: Faults, seq: number): number[] {
  const own = isEvery(faults.loseEvery, seq) ? [] : isEvery(faults.duplicateEvery, seq) ? [seq, seq] : [seq];
  if (isEvery(faults.reorderEvery, seq)) return [];
  const held = seq > 1 && isEvery(faults.reorderEvery, seq - 1) ? [seq - 1] : [];
  return [...own, ...held];
}

/** The tick with one letter of its padding changed: still JSON, still readable, not what was scheduled. */
export function corrupted(tick: Tick): Tick {
  const bytes = Buffer.from(tick.bytes);
  const at = bytes.length - 3;
  bytes[at] = bytes[at] === 0x41 ? 0x42 : 0x41;
  return { ...tick, bytes, text: bytes.toString('latin1') };
}

/** Keeps the event loop from doing anything else, as a long computation would. */
export function block(us: number): void {
  const untilUs = nowUs() + us;
  while (nowUs() < untilUs);
}
