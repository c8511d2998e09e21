import type { Readable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { visible } from '../basics/shown.ts';

/**
 * Reads streams to their end and keeps the last bytes of all together.
 *
 * @returns the function that tells them as text that cannot act on a terminal, without colours; empty where there are none
 */
export function keepTail(streams: readonly Readable[], mostBytes: number): () => string {
  let kept = Buffer.alloc(0);
  for (const stream of streams) {
    stream.on(
      'data',
      (chunk: Buffer) => (kept = Buffer.concat([kept, chunk.subarray(-mostBytes)]).subarray(-mostBytes)),
    );
    stream.on('error', () => undefined);
  }
  return () =>
    stripVTControlCharacters(kept.toString('utf8'))
      .trim()
      .split('\n')
      .map((line) => visible(line.trimEnd()))
      .join('\n');
}
