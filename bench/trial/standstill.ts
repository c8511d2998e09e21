import { nowUs } from '../../server/clock.ts';

const BEAT_MS = 50;

/**
 * Watches how long this process gets no turn at a time. It has next to nothing to do while a trial measures: that it stood
 * still long means that it was stopped, or that the machine was.
 *
 * @param sinceUs on the monotonic clock: what ended before does not count
 * @param signal ends the watch where nobody asks any more
 * @returns ends the watch and returns the longest standstill in microseconds, without the time that lies between two looks
 */
export function watchStandstill(sinceUs: number, signal: AbortSignal, clock: () => number = nowUs): () => number {
  let lookedUs = clock();
  let longestUs = 0;
  const look = () => {
    const atUs = clock();
    if (atUs >= sinceUs) longestUs = Math.max(longestUs, atUs - lookedUs - BEAT_MS * 1000);
    lookedUs = atUs;
  };
  const timer = setInterval(look, BEAT_MS);
  const end = () => clearInterval(timer);
  signal.addEventListener('abort', end, { once: true });
  return () => {
    look();
    end();
    signal.removeEventListener('abort', end);
    return longestUs;
  };
}
