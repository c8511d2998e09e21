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
import { parseRunOptions } from '../../command/read-flags.ts';
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
import { COST_ROWS, costsOf, keyOf, SUBJECTS, TRANSPORTS } from './costs.ts';
import { slopeOf } from './memory.ts';
import { predictionPlan, predictionsOf } from './prediction.ts';
import { findCeiling, type Step } from './rates.ts';
import { describe, hasTimeToSpare, measure, specOf, type Load, type Subject, type Usage } from './subject.ts';

const PARTS = ['costs', 'memory', 'opening', 'rates', 'prediction'] as const;

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
  const blocks: Map<string, Usage>[] = [];
  for (let block = 0; block < options.blocks; block++) {
    const usages = new Map<string, Usage>();
    blocks.push(usages);
    for (const subject of shuffled([...SUBJECTS], randomFrom(block))) {
      note(`costs, block ${block + 1}/${options.blocks}: ${describe(subject)}`);
      const usage = await tryCost(subject, { ...loadOf(subject), seed: block });
      if (usage) usages.set(keyOf(subject), usage);
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
    const points: { clients: number; usage: Usage }[] = [];
    for (const clients of counts) {
      note(`memory: ${transport}, ${clients} clients`);
      const usage = await tryUsage({ transport, server: 'prepared', agent: 'lean' }, { ...LOAD, clients, rateHz: 2 });
      if (usage) points.push({ clients, usage });
    }
    if (points.length < 4) continue;
    const slope = (of: (usage: Usage) => number) =>
      slopeOf(points.map(({ clients, usage }) => ({ clients, bytes: of(usage) })));
    slopes.push({
      transport,
      counts: points.map(({ clients }) => clients),
      agentHeld: slope(({ agent }) => agent.heldBytes),
      agentRss: slope(({ agent }) => agent.rssBytes),
      serverHeld: slope(({ server }) => server.heldBytes),
      serverRss: slope(({ server }) => server.rssBytes),
    });
  }
  const cell = ({ bytes, least, greatest }: ReturnType<typeof slopeOf>) =>
    `${kib(bytes)} (${kib(least)} to ${kib(greatest)})`;
  print(
    `Memory per client in KiB, slope over ${counts.join(', ')} clients (least to greatest between successive counts)`,
    [
      ['transport', 'agent held', 'agent RSS', 'server held', 'server RSS'],
      ...slopes.map(({ transport, agentHeld, agentRss, serverHeld, serverRss }) => [
        transport,
        ...[agentHeld, agentRss, serverHeld, serverRss].map(cell),
      ]),
    ],
  );
  return slopes;
}

async function measureOpening() {
  const clients = 10_000;
  const rows = [];
  for (const transport of TRANSPORTS) {
    const usages: Usage[] = [];
    for (let time = 0; time < 3; time++) {
      note(`opening ${clients}: ${transport}, ${time + 1}/3`);
      const load = { ...LOAD, clients, rateHz: 1, rampPerSecond: 1_000_000, warmupMs: 0, measureMs: 1000, seed: time };
      const usage = await tryUsage({ transport, server: 'prepared', agent: 'lean' }, load);
      if (usage) usages.push(usage);
    }
    if (usages.length === 0) continue;
    const openMs = summarise(usages.map((usage) => usage.openMs)).median;
    const connectP99Ms = summarise(usages.map((usage) => usage.connectP99Us)).median / 1000;
    rows.push({ transport, clients, openMs, perSecond: (clients / openMs) * 1000, connectP99Ms, times: usages.length });
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
        const trial = `trial ${event.index + 1}/${event.trials}`;
        note(`prediction, ${trial}: ${transport}, ${clients} clients, ${rateHz} ticks/s`);
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
  // As a run measures it, with a canary beside the load and the gates that rest on it.
  const { control: _, ...spec } = specOf({ transport, server: 'prepared', agent: 'lean' }, { ...LOAD, rateHz }, pin);
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
  const usage = await tryCost({ transport, server: 'control', agent: 'control' }, { ...LOAD, rateHz });
  const codes = usage === null ? ['NO_TIME_TO_SPARE'] : [];
  const deliveredPerSecond = (usage?.messages ?? 0) / (windowMs(LOAD.measureMs, rateHz) / 1000);
  return { rateHz, deliveredPerSecond, status: codes.length > 0 ? 'invalid' : 'valid', codes };
}

async function tryUsage(subject: Subject, load: Load): Promise<Usage | null> {
  try {
    return await measure(subject, load, pin);
  } catch (error) {
    note(`no figure: ${(error as Error).message}`);
    return null;
  }
}

/** A usage whose CPU per message means something. */
async function tryCost(subject: Subject, load: Load): Promise<Usage | null> {
  const usage = await tryUsage(subject, load);
  if (usage === null || hasTimeToSpare(usage)) return usage;
  const percent = (share: number): string => `${(share * 100).toFixed(0)} %`;
  const busy = `server ${percent(usage.serverUtilisation)} busy, agent ${percent(usage.agentUtilisation)}`;
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
