import assert from 'node:assert/strict';
import type { ForeignSample, ServerSample } from '../../server/control.ts';

/** What a process of ours told, which is still there. */
export function ownSample(sample: ServerSample | ForeignSample | undefined): ServerSample {
  assert.ok(sample && sample.connections !== null);
  return sample;
}
