// A search of real servers that are slow on purpose, so that arithmetic knows what they cannot hold.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { readCapacity } from '../../bench/run/capacity/file.ts';
import { runCapacity } from '../../bench/run/capacity/search-loop.ts';
import { temporaryDirectory } from '../bench/command/surroundings.ts';
import { searchPlan, slo } from '../bench/run/capacity/fake-steps.ts';

const CLIENTS = 8;
/** Library clients that are served as well. */
const CANARY_CLIENTS = 8;
const WRITE_MS = 3;
/** Half of all clients are written to before the median one. */
const MEDIAN_MS = ((CLIENTS + CANARY_CLIENTS) / 2) * WRITE_MS;

test('a server that takes 3 ms longer for each write does not hold what that does not allow', async (t) => {
  const plan = searchPlan({ slos: [slo(`p50<${MEDIAN_MS / 3}ms`)], min: CLIENTS, max: 64 });
  plan.workload = { ...plan.workload, rateHz: 5 };
  plan.settings = { ...plan.settings, warmupMs: 100, durationMs: 1000, shared: true };
  const directory = join(await temporaryDirectory(t), 'out');
  const result = await runCapacity(plan, {
    id: 'slow',
    directory,
    label: '',
    command: '',
    port: 0,
    signal: t.signal,
    onEvent: () => undefined,
    faults: { writeUs: WRITE_MS * 1000 },
  });
  const [answer] = result.answers;
  assert.ok(answer?.outcome === 'below', answer?.sentence ?? 'no answer');
  const [figure] = result.steps[0]!.figures;
  // A busy machine may be slower; none is faster than it was told to be. The last third is for the order of the fan-out.
  assert.ok(figure!.value! >= MEDIAN_MS * 1000 * 0.66, `${figure!.value} us, by arithmetic ${MEDIAN_MS} ms`);
  assert.deepEqual(readCapacity(directory).answers, result.answers);
});
