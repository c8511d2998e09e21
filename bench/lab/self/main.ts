// The harness measured against controls, in one run, interleaved: `npm run bench:self`. What do the load agents cost beyond
// reading, the server beyond writing, and a client in memory? Prints tables and writes results/self.json.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { swallowedFlags, swallowedMessage } from '../../../server/package-runner.ts';
import { endWithRunner } from '../../../server/stop-signals.ts';
import type { TransportId } from '../../../server/transports/traits.ts';
import { machineContext } from '../../command/collaborators.ts';
import { ownCommit, readEnvironment } from '../../machine/environment.ts';
import { parseRunOptions } from '../../command/flags.ts';
import { sweepPlan } from '../../run/sweep.ts';
import { isPinned, pinMachine } from '../../machine/pinning.ts';
import { randomFrom, shuffled } from '../../basics/random.ts';
import { runPlan } from '../../run/run-plan.ts';
import { writeAtomically } from '../../result/store.ts';
import { judge } from '../../judge/gates.ts';
import { summarise } from '../../judge/summary.ts';
import { table } from '../../command/terminal/style.ts';
import { runTrial } from '../../trial/trial.ts';
import { windowMs } from '../../trial/window.ts';
import { COST_ROWS, costsOf, keyOf, SUBJECTS } from './costs.ts';
import { describe, hasTimeToSpare, live, type Life, type Load, type Subject } from './life.ts';
import { slopeOf } from './memory.ts';
import { predictionPlan, predictionsOf } from './prediction.ts';
import { findCeiling, type Step } from './rates.ts';

const PARTS = ['costs', 'memory', 'opening', 'rates', 'prediction'] as const;
const TRANSPORTS: readonly TransportId[] = ['sse', 'websocket', 'long-polling', 'polling'];

const options = readOptions();
endWithRunner();
const pin = isPinned({ pin: 'auto', serverWorkers: 1 }, pinMachine());
const LOAD: Load = {
  clients: options.clients,
  rateHz: options.rate,
  payloadBytes: 128,
  pollIntervalMs: 1000,
  warmupMs: 2000,
  measureMs: 3000,
  rampPerSecond: 4000,
  seed: 1,
};
const found: Record<string, unknown> = {
  measuredAt: new Date().toISOString(),
  commit: ownCommit(),
  environment: readEnvironment(),
  load: LOAD,
  pinned: pin,
};

if (options.parts.includes('costs')) found['costs'] = await measureCosts();
if (options.parts.includes('memory')) found['memory'] = await measureMemory();
if (options.parts.includes('opening')) found['opening'] = await measureOpening();
if (options.parts.includes('rates')) found['rates'] = await measureRates();
if (options.parts.includes('prediction')) found['prediction'] = await measurePrediction();

const folder = fileURLToPath(new URL('../../../results/', import.meta.url));
mkdirSync(folder, { recursive: true });
writeAtomically(`${folder}self.json`, `${JSON.stringify(found, null, 2)}\n`);
say(options.json ? JSON.stringify(found) : 'Written to results/self.json.');

async function measureCosts() {
  const blocks: Map<string, Life>[] = [];
  for (let block = 0; block < options.blocks; block++) {
    const lives = new Map<string, Life>();
    blocks.push(lives);
    for (const subject of shuffled([...SUBJECTS], randomFrom(block))) {
      note(`costs, block ${block + 1}/${options.blocks}: ${describe(subject)}`);
      const life = await tryCost(subject, { ...loadOf(subject), seed: block });
      if (life) lives.set(keyOf(subject), life);
    }
  }
  const costs = costsOf(blocks);
  print(
    `CPU per message, ${LOAD.clients} clients, ${LOAD.rateHz} ticks/s (long polling ${LOAD.rateHz / 2}; of polling: per poll, ${LOAD.pollIntervalMs / 1000} s apart)`,
    [
      ['side', 'transport', 'who', 'us', 'control us', 'ratio', '95 % interval', 'busy'],
      ...costs.map((cost) => [
        cost.side,
        cost.transport,
        cost.what,
        cost.cpuUs.toFixed(2),
        cost.controlCpuUs.toFixed(2),
        cost.ratio.toFixed(2),
        cost.ratioLow === null ? 'too few blocks' : `${cost.ratioLow.toFixed(2)} to ${cost.ratioHigh!.toFixed(2)}`,
        `${(cost.utilisation * 100).toFixed(0)} %`,
      ]),
      ...COST_ROWS.filter(
        ({ side, what, subject }) =>
          !costs.some((cost) => cost.side === side && cost.what === what && cost.transport === subject.transport),
      ).map(({ side, what, subject }) => [side, subject.transport, what, 'no figure (see above)', '', '', '', '']),
    ],
  );
  return costs;
}

/** A server that answers 20,000 long polls a second is at its end on a slow core: they are asked for half as often. */
function loadOf({ transport }: Subject): Load {
  return transport === 'long-polling' ? { ...LOAD, rateHz: LOAD.rateHz / 2 } : LOAD;
}

async function measureMemory() {
  const counts = [500, 1000, 2000, 4000, 8000];
  const slopes = [];
  for (const transport of TRANSPORTS) {
    const points: { clients: number; life: Life }[] = [];
    for (const clients of counts) {
      note(`memory: ${transport}, ${clients} clients`);
      const life = await tryLive({ transport, server: 'prepared', agent: 'lean' }, { ...LOAD, clients, rateHz: 2 });
      if (life) points.push({ clients, life });
    }
    if (points.length < 4) continue;
    const slope = (of: (life: Life) => number) =>
      slopeOf(points.map(({ clients, life }) => ({ clients, bytes: of(life) })));
    slopes.push({
      transport,
      counts: points.map(({ clients }) => clients),
      agentHeld: slope((life) => life.agent.heldBytes),
      agentRss: slope((life) => life.agent.rssBytes),
      serverHeld: slope((life) => life.server.heldBytes),
      serverRss: slope((life) => life.server.rssBytes),
    });
  }
  const cell = ({ bytes, least, greatest }: ReturnType<typeof slopeOf>) =>
    `${kib(bytes)} (${kib(least)} to ${kib(greatest)})`;
  print(
    `Memory per client in KiB, slope over ${counts.join(', ')} clients (least to greatest between successive counts)`,
    [
      ['transport', 'agent held', 'agent RSS', 'server held', 'server RSS'],
      ...slopes.map((row) => [
        row.transport,
        cell(row.agentHeld),
        cell(row.agentRss),
        cell(row.serverHeld),
        cell(row.serverRss),
      ]),
    ],
  );
  return slopes;
}

async function measureOpening() {
  const clients = 10_000;
  const rows = [];
  for (const transport of TRANSPORTS) {
    const lives: Life[] = [];
    for (let time = 0; time < 3; time++) {
      note(`opening ${clients}: ${transport}, ${time + 1}/3`);
      const load = { ...LOAD, clients, rateHz: 1, rampPerSecond: 1_000_000, warmupMs: 0, measureMs: 1000, seed: time };
      const life = await tryLive({ transport, server: 'prepared', agent: 'lean' }, load);
      if (life) lives.push(life);
    }
    if (lives.length === 0) continue;
    const openMs = summarise(lives.map((life) => life.openMs)).median;
    const connectP99Ms = summarise(lives.map((life) => life.connectP99Us)).median / 1000;
    rows.push({ transport, clients, openMs, perSecond: (clients / openMs) * 1000, connectP99Ms, times: lives.length });
  }
  print(`Opening ${clients} connections as fast as they go, one agent`, [
    ['transport', 'seconds', 'per second', 'p99 of one, ms'],
    ...rows.map((row) => [
      row.transport,
      (row.openMs / 1000).toFixed(2),
      row.perSecond.toFixed(0),
      row.connectP99Ms.toFixed(1),
    ]),
  ]);
  return rows;
}

async function measureRates() {
  const rows = [];
  for (const transport of ['sse', 'websocket'] as const) {
    const real = await findCeiling(options.rate, (rateHz) => tryRealRate(transport, rateHz));
    const control = await findCeiling(options.rate, (rateHz) => tryControlRate(transport, rateHz));
    rows.push({ transport, what: 'pushbench', ...real }, { transport, what: 'control', ...control });
  }
  const cell = (step: Step | null) => (step ? `${step.deliveredPerSecond.toFixed(0)} (${step.rateHz}/s)` : 'none');
  print(`Messages delivered per second at ${LOAD.clients} clients (ticks per second), by raising the rate`, [
    ['transport', 'who', 'before any gate trips', 'before one invalidates', 'which'],
    ...rows.map((row) => [
      row.transport,
      row.what,
      cell(row.untripped),
      cell(row.sound),
      row.brokeAt?.codes.join(' ') ?? 'none did',
    ]),
  ]);
  return rows;
}

/** How far the cost model is off where it was not fitted to. */
async function measurePrediction() {
  const values = { blocks: [String(options.blocks)], duration: ['3s'], seed: ['1'] };
  const sweep = parseRunOptions(values, machineContext());
  const plan = predictionPlan(sweep);
  const directory = mkdtempSync(join(tmpdir(), 'pushbench-prediction-'));
  try {
    const result = await runPlan(plan, {
      id: 'prediction',
      directory,
      label: '',
      command: 'npm run bench:self -- --part prediction',
      port: 0,
      signal: new AbortController().signal,
      onEvent: (event) => {
        if (event.type !== 'trial-start') return;
        const { transport, clients, rateHz } = event.cell;
        note(
          `prediction, trial ${event.index + 1}/${event.trials}: ${transport}, ${clients} clients, ${rateHz} ticks/s`,
        );
      },
    });
    const predictions = predictionsOf(result, sweepPlan(sweep).cells);
    print('Server CPU in cores: the cost model of the sweep, and loads beyond the sweep in the same blocks', [
      ['transport', 'beyond', 'clients', 'ticks/s', 'predicted', 'interval', 'measured, each trial', 'error'],
      ...predictions.map(({ cell, beyond, predicted: { value, low, high }, measured, error }) => [
        cell.transport,
        beyond,
        String(cell.clients),
        String(cell.rateHz),
        value.toFixed(3),
        `${low.toFixed(3)} to ${high.toFixed(3)}`,
        measured.map((cores) => cores.toFixed(3)).join(' '),
        `${error < 0 ? '' : '+'}${(error * 100).toFixed(0)} %`,
      ]),
    ]);
    return predictions;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function tryRealRate(transport: TransportId, rateHz: number): Promise<Step> {
  note(`rates: ${transport}, pushbench, ${rateHz} ticks/s`);
  const cell = {
    transport,
    clients: LOAD.clients,
    rateHz,
    payloadBytes: LOAD.payloadBytes,
    pollIntervalMs: null,
    driver: 'lean' as const,
    fanOut: 'prepared' as const,
  };
  const settings = {
    warmupMs: LOAD.warmupMs,
    durationMs: LOAD.measureMs,
    blocks: 1,
    agents: 1,
    rampPerSecond: LOAD.rampPerSecond,
    serverWorkers: 1,
    pin,
    pollLatest: false,
    seed: 1,
  };
  const spec = { cell, settings, block: 0, order: 0, attempt: 1, port: 0 };
  const trial = await runTrial(spec, () => undefined, new AbortController().signal);
  const { status, reasons } = judge(trial);
  return {
    rateHz,
    deliveredPerSecond: trial.ledger.delivered / (trial.phases.measureMs / 1000),
    status,
    codes: reasons.map(({ code }) => code),
  };
}

/** What a control can be held to: every tick was written in time, and both sides had time to spare. */
async function tryControlRate(transport: TransportId, rateHz: number): Promise<Step> {
  note(`rates: ${transport}, control, ${rateHz} ticks/s`);
  const life = await tryCost({ transport, server: 'control', agent: 'control' }, { ...LOAD, rateHz });
  const codes = life === null ? ['NO_TIME_TO_SPARE'] : [];
  const deliveredPerSecond = (life?.messages ?? 0) / (windowMs(LOAD.measureMs, rateHz) / 1000);
  return { rateHz, deliveredPerSecond, status: codes.length > 0 ? 'invalid' : 'valid', codes };
}

async function tryLive(subject: Subject, load: Load): Promise<Life | null> {
  try {
    return await live(subject, load, pin);
  } catch (error) {
    note(`no figure: ${(error as Error).message}`);
    return null;
  }
}

/** A life whose CPU per message means something. */
async function tryCost(subject: Subject, load: Load): Promise<Life | null> {
  const life = await tryLive(subject, load);
  if (life === null || hasTimeToSpare(life)) return life;
  const percent = (share: number): string => `${(share * 100).toFixed(0)} %`;
  const busy = `server ${percent(life.serverUtilisation)} busy, agent ${percent(life.agentUtilisation)}`;
  note(`no figure: ${describe(subject)}: no time to spare (${busy})`);
  return null;
}

function readOptions() {
  try {
    const flags = {
      part: { type: 'string', default: PARTS.join(',') },
      blocks: { type: 'string', default: '6' },
      clients: { type: 'string', default: '2000' },
      rate: { type: 'string', default: '10' },
      json: { type: 'boolean', default: false },
    } as const;
    const taken = swallowedFlags(process.env, Object.keys(flags));
    if (taken.length > 0) throw new Error(swallowedMessage(taken, 'npm run bench:self'));
    const { values } = parseArgs({ options: flags });
    const parts = values.part.split(',');
    const unknown = parts.filter((part) => !PARTS.some((known) => known === part));
    if (unknown.length > 0) throw new Error(`--part ${unknown.join(',')}: allowed: ${PARTS.join(', ')}`);
    const whole = (name: 'blocks' | 'clients' | 'rate') => {
      const value = Number(values[name]);
      if (!Number.isInteger(value) || value < 1)
        throw new Error(`--${name} ${values[name]}: a whole number from 1 is expected`);
      return value;
    };
    return { parts, blocks: whole('blocks'), clients: whole('clients'), rate: whole('rate'), json: values.json };
  } catch (error) {
    process.stderr.write(`bench:self: ${(error as Error).message}\n`);
    return process.exit(2);
  }
}

function print(title: string, rows: string[][]): void {
  if (!options.json) say(`\n${title}\n\n${table(rows, 3).join('\n')}\n`);
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function note(text: string): void {
  process.stderr.write(`${text}\n`);
}

function kib(bytes: number): string {
  return (bytes / 1024).toFixed(1);
}
