// Damages valid messages at random and has every parser read them: `npm run fuzz`. What is read wrongly, against the parser
// of a library where there is one, is made as short as it can be and kept in test/fixtures/wire/fuzz, which `npm test`
// reads again under every split. The same seed gives the same inputs.
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { writeCorpus } from '../test/bench/agent/wire/fuzz/corpus.ts';
import { fuzz, type FuzzOutcome } from '../test/bench/agent/wire/fuzz/fuzz.ts';
import { inputOf } from '../test/bench/agent/wire/fuzz/mutate.ts';
import type { FuzzTarget } from '../test/bench/agent/wire/fuzz/target.ts';
import { FUZZ_TARGETS } from '../test/bench/agent/wire/fuzz/targets.ts';

const HELP = `npm run fuzz -- [--seed N] [--runs N] [--seconds N] [--parser NAME]
  --seed     the inputs; random unless given, and printed
  --runs     inputs for each parser, 1,000,000 unless given
  --seconds  most time for each parser, 1,800 unless given
  --parser   only this one: ${FUZZ_TARGETS.map((target) => target.name).join(', ')}
`;

/** An input is read in less than a millisecond; minimising a finding takes some seconds. */
const HANG_MS = 60_000;
/** What compilers and caches may take meanwhile. A leak of a hundred bytes an input would be above it. */
const MAX_GROWN_BYTES = 16 * 1024 * 1024;

type Job = { name: string; seed: number; runs: number; untilMs: number; current: Int32Array };

if (isMainThread) await main();
else await work(workerData as Job);

async function work({ name, current, ...options }: Job): Promise<void> {
  const onRun = (run: number): void => void Atomics.store(current, 0, run);
  // Each thread's clock counts from its own start.
  const untilMs = options.untilMs - performance.timeOrigin;
  parentPort!.postMessage(await fuzz(targetOf(name), { ...options, untilMs, onRun }), []);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string' },
      runs: { type: 'string', default: '1000000' },
      seconds: { type: 'string', default: '1800' },
      parser: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return void process.stdout.write(HELP);
  const seed = wholeNumber('--seed', values.seed ?? String(Math.floor(Math.random() * 2 ** 32)));
  const runs = wholeNumber('--runs', values.runs);
  const seconds = wholeNumber('--seconds', values.seconds);
  const targets = values.parser === undefined ? FUZZ_TARGETS : [targetOf(values.parser)];
  process.stdout.write(`seed ${seed}\n`);
  for (const target of targets) {
    const startMs = performance.now();
    const current = new Int32Array(new SharedArrayBuffer(4));
    const untilMs = performance.timeOrigin + startMs + seconds * 1000;
    const outcome = await watch(target, { name: target.name, seed, runs, untilMs, current });
    report(target, outcome, (performance.now() - startMs) / 1000);
  }
}

/** Runs the job in a thread of its own, and ends it where an input is not read to the end. */
function watch(target: FuzzTarget, job: Job): Promise<FuzzOutcome> {
  const worker = new Worker(new URL(import.meta.url), { workerData: job });
  return new Promise((resolve, reject) => {
    let last = -1;
    const look = setInterval(() => {
      const run = Atomics.load(job.current, 0);
      const isAlive = run !== last;
      last = run;
      if (isAlive) return;
      clearInterval(look);
      const { bytes } = inputOf(target, job.seed, run);
      void worker.terminate();
      resolve({ runs: run, findings: [{ run, wrong: 'does not come to an end', bytes }], grownBytes: Number.NaN });
    }, HANG_MS);
    worker.once('error', reject);
    worker.once('message', (outcome: FuzzOutcome) => {
      clearInterval(look);
      resolve(outcome);
    });
  });
}

function report(target: FuzzTarget, { runs, findings, grownBytes }: FuzzOutcome, seconds: number): void {
  const isGrown = grownBytes > MAX_GROWN_BYTES;
  const memory = Number.isNaN(grownBytes)
    ? 'memory not looked at'
    : `memory grown by ${Math.round(grownBytes / 1024)} KiB`;
  process.stdout.write(
    `${target.name}: ${runs} inputs in ${seconds.toFixed(0)} s, ${findings.length} findings, ${memory}\n`,
  );
  for (const { run, wrong, bytes } of findings) {
    const path = writeCorpus(target.name, Buffer.from(bytes), wrong);
    process.stdout.write(`  input ${run}: ${wrong}\n  ${path}\n`);
  }
  if (isGrown) process.stdout.write('  which is a leak\n');
  if (isGrown || findings.length > 0) process.exitCode = 1;
}

function targetOf(name: string): FuzzTarget {
  const target = FUZZ_TARGETS.find((one) => one.name === name);
  if (!target)
    throw new Error(`--parser ${name}: one of ${FUZZ_TARGETS.map((one) => one.name).join(', ')} is expected`);
  return target;
}

function wholeNumber(flag: string, text: string): number {
  if (!/^\d{1,10}$/.test(text)) throw new Error(`${flag} ${text}: a whole number is expected`);
  return Number(text);
}
