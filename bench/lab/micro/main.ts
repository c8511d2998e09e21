// What one message costs in isolation, with tinybench: `npm run bench:micro`. Prints a table and writes results/micro.json.
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Bench } from 'tinybench';
import { endWithRunner } from '../../../server/stop-signals.ts';
import { readEnvironment } from '../../machine/environment.ts';
import { writeAtomically } from '../../result/store.ts';
import { table } from '../../command/terminal/style.ts';
import type { Micro } from '../../result/schema.ts';
import { BATCH, microCases, PAYLOAD_BYTES } from './cases.ts';
import { MICRO_FILE } from '../../result/micro-file.ts';

const TIME_MS = 500;
const WARMUP_MS = 300;

endWithRunner();
const results: Micro['results'] = [];
for (const { run, ...kind } of microCases()) {
  const { step, what } = kind;
  const came = run();
  if (Math.abs(came - BATCH) > 1e-9) throw new Error(`${step} ${what}: ${came} of ${BATCH} messages came through`);
  const bench = new Bench({ time: TIME_MS, warmupTime: WARMUP_MS });
  bench.add(what, () => void run());
  await bench.run();
  const [task] = bench.tasks;
  if (task?.result.state !== 'completed') throw new Error(`${step} ${what}: ${task?.result.state ?? 'did not run'}`);
  const { mean, p50, moe, samplesCount } = task.result.latency;
  const perMessage = (ms: number) => (ms * 1e6) / BATCH;
  results.push({
    ...kind,
    meanNs: perMessage(mean),
    medianNs: perMessage(p50),
    marginNs: perMessage(moe),
    calls: samplesCount,
  });
}

const rows = results.map(({ step, what, medianNs, meanNs, marginNs }) => [
  step,
  what,
  medianNs.toFixed(0),
  `${meanNs.toFixed(0)} ± ${marginNs.toFixed(0)}`,
]);
process.stdout.write(`${table([['step', 'what', 'median ns', 'mean ns'], ...rows], 2).join('\n')}\n`);

const folder = fileURLToPath(new URL('../../../results/', import.meta.url));
mkdirSync(folder, { recursive: true });
const { cpuModel, node } = readEnvironment();
const micro: Micro = { measuredAt: new Date().toISOString(), cpuModel, node, payloadBytes: PAYLOAD_BYTES, results };
writeAtomically(`${folder}${MICRO_FILE}`, `${JSON.stringify(micro, null, 2)}\n`);
process.stdout.write(
  '\nA message is a tick of 128 bytes; an answer to a poll carries ten. Written to results/micro.json;\nreports of later runs on this machine show it.\n',
);
