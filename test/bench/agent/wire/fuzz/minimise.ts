import { everySplit } from '../shared-read.ts';
import type { FuzzTarget } from './target.ts';

/** Splits under which a long input is looked at: whole, byte by byte, and in halves. */
function someSplits(length: number): (readonly number[])[] {
  const everyByte = Array.from({ length: Math.max(0, length - 1) }, (_, index) => index + 1);
  return [[], everyByte, [Math.floor(length / 2)]];
}

const EVERY_SPLIT_TO_BYTES = 64;
/** A finding that is not quite the shortest is good enough. */
const MAX_MINIMISE_MS = 20_000;

/** What is wrong with how the target reads the bytes under any of many splits, or undefined. */
async function wrongUnderSplits(target: FuzzTarget, bytes: Uint8Array): Promise<string | undefined> {
  const splits = bytes.length <= EVERY_SPLIT_TO_BYTES ? everySplit(bytes.length) : someSplits(bytes.length);
  for (const cuts of splits) {
    const wrong = await target.check(bytes, cuts);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

/** Two findings are taken for one where they begin alike, numbers and quoted bytes left out. */
export function kindOf(wrong: string): string {
  return wrong.replaceAll(/"(?:[^"\\]|\\.)*"|\d+/g, '…').slice(0, 80);
}

/**
 * The shortest input that still shows the same fault, found by leaving out ever smaller pieces and then making the bytes
 * that are left as plain as they can be.
 */
export async function minimise(target: FuzzTarget, bytes: Uint8Array, wrong: string): Promise<Uint8Array> {
  const kind = kindOf(wrong);
  const untilMs = performance.now() + MAX_MINIMISE_MS;
  const shows = async (candidate: Uint8Array): Promise<boolean> => {
    if (performance.now() > untilMs) return false;
    const found = await wrongUnderSplits(target, candidate);
    return found !== undefined && kindOf(found) === kind;
  };
  if (!(await shows(bytes))) return bytes;
  let best = bytes;
  for (let size = Math.ceil(best.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < best.length;) {
      const candidate = Buffer.concat([best.subarray(0, from), best.subarray(from + size)]);
      if (await shows(candidate)) best = candidate;
      else from += size;
    }
  }
  for (let at = 0; at < best.length; at++) {
    const candidate = Buffer.from(best);
    candidate[at] = 0x78;
    if (best[at] !== 0x78 && (await shows(candidate))) best = candidate;
  }
  return best;
}
