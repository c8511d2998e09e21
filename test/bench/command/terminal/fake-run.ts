import { metricInfos } from '../../../../bench/judge/metrics.ts';
import { summariseCells } from '../../../../bench/judge/summary.ts';
import { judgeRun } from '../../../../bench/judge/verdict.ts';
import type { Cell, Distribution, Plan, RunResult, Trial, Validity } from '../../../../bench/result/schema.ts';
import type { Position, RunEvent } from '../../../../bench/run/run-event.ts';
import type { TrialProgress } from '../../../../bench/trial/progress.ts';
import type { Output } from '../../../../bench/command/terminal/style.ts';

/** An output that keeps what was written. */
export function recordedOutput({ isTTY = false, columns }: { isTTY?: boolean; columns?: number } = {}) {
  const written: string[] = [];
  const output: Output = { write: (text) => written.push(text), isTTY, columns };
  return { output, written, text: () => written.join('') };
}

export function fakeCell(overrides: Partial<Cell> = {}): Cell {
  const transport = overrides.transport ?? 'sse';
  const pollIntervalMs = transport === 'polling' ? 1000 : null;
  return {
    transport,
    clients: 1000,
    rateHz: 10,
    payloadBytes: 128,
    pollIntervalMs,
    driver: 'lean',
    fanOut: 'prepared',
    ...overrides,
  };
}

export function fakePlan(cells: Cell[], blocks = 1): Plan {
  return {
    cells,
    settings: {
      warmupMs: 1000,
      durationMs: 3000,
      blocks,
      agents: 1,
      rampPerSecond: 2000,
      serverWorkers: 1,
      pin: false,
      pollLatest: false,
      seed: 7,
    },
    order: Array.from({ length: blocks }, () => cells.map((_, index) => index)),
  };
}

const VALID: Validity = { status: 'valid', reasons: [] };

export function invalidBecause(code: string, message: string, severity: 'caution' | 'invalid' = 'invalid'): Validity {
  return { status: severity, reasons: [{ code, severity, message, value: 5, limit: 0 }] };
}

function distribution(scale: number): Distribution {
  return {
    count: 30_000,
    mean: 2 * scale,
    min: scale,
    p50: 2 * scale,
    p90: 3 * scale,
    p99: 5 * scale,
    p999: 7 * scale,
    max: 9 * scale,
    hdr: 'SECRET-HISTOGRAM',
  };
}

/** A trial of round figures: p50 2 ms, p99 5 ms times `scale`. */
export function fakeTrial(cell: Cell, block: number, overrides: Partial<Trial> & { scale?: number } = {}): Trial {
  const { scale = 1, ...rest } = overrides;
  const gc = { count: 1, totalUs: 100, maxUs: 100 };
  return {
    cell,
    block,
    order: block,
    attempt: 1,
    startedAt: '2026-01-31T12:00:00.000Z',
    phases: { rampMs: 500, warmupMs: 1000, measureMs: 3000, drainMs: 200, firstSeq: 11, lastSeq: 40 },
    validity: VALID,
    clients: { target: cell.clients, connected: cell.clients, failed: 0, dropped: 0 },
    errors: [],
    connectUs: distribution(100 * scale),
    connectionsOverTime: [{ atMs: 0, connected: 0, target: 0 }],
    ledger: { expected: 30_000, delivered: 30_000, missed: 0, duplicate: 0, outOfOrder: 0, coalesced: 0, corrupt: 0 },
    latencyUs: { ...distribution(1000 * scale), negative: { count: 0, minUs: 0 } },
    ageUs: { ...distribution(25_000), meanPeak: 100_000, observedClientSeconds: 3000 },
    fanOutSpreadUs: distribution(1000),
    pollLatenessUs: null,
    server: {
      workers: 1,
      connectionsPerWorker: [cell.clients],
      cpuUserUs: 100_000,
      cpuSystemUs: 100_000,
      cpuPerDeliveryUs: 6.67 * scale,
      rssBytes: 1e8,
      baselineRssBytes: 5e7,
      rssPerClientBytes: 11_000 * scale,
      heapPerClientBytes: 5000,
      kernelSocketBytes: null,
      eventLoop: { utilisation: 0.3, delayP99Us: 10, delayMaxUs: 20 },
      gc,
      feed: { emitted: 30, achievedRateHz: 10, latenessP50Us: 1, latenessP99Us: 2, latenessMaxUs: 3 },
      slowConsumersCut: 0,
    },
    bytes: {
      applicationSent: 1,
      applicationReceived: 1,
      perDeliverySent: 145,
      perDeliveryReceived: 0,
      perDelivery: { payload: 128, framing: 17, headers: 0, requests: 0 },
      segments: null,
      retransmitted: null,
    },
    agents: [
      {
        pid: 1,
        clients: cell.clients,
        cpuUserUs: 100_000,
        cpuSystemUs: 100_000,
        cpuPerDeliveryUs: 6,
        utilisation: 0.4,
        lagP99Us: 10,
        lagMaxUs: 20,
        readLagP99Us: 10,
        gc,
        rssBytes: 1e8,
        rssPerClientBytes: 1000,
      },
    ],
    canary: null,
    steadiness: null,
    host: { cpu: null, throttledUs: null, swappedPages: null },
    timeline: [{ second: 0, delivered: 10_000, p50Us: 2000, p99Us: 5000 }],
    ...rest,
  };
}

export function fakeResult(plan: Plan, trials: Trial[], run: Partial<RunResult['run']> = {}): RunResult {
  const cells = summariseCells(plan.cells, trials);
  return {
    schemaVersion: 1,
    run: {
      id: '2026-01-31T12-00-00',
      label: '',
      command: 'npm run bench -- run --seed 7',
      version: '0.1.0',
      commit: null,
      startedAt: '2026-01-31T12:00:00.000Z',
      finishedAt: '2026-01-31T12:03:12.000Z',
      status: 'complete',
      ...run,
    },
    plan,
    environment: {
      platform: 'linux',
      kernel: '6',
      arch: 'x64',
      cpuModel: 'cpu',
      cores: 2,
      memoryBytes: 1,
      loadAverage: [],
      node: 'v26',
      dependencies: {},
      limits: { openFiles: null },
      sysctls: {},
    },
    transports: [],
    metrics: metricInfos(),
    trials,
    cells,
    ...judgeRun(cells, trials, [], plan.settings.baseline),
  };
}

export const FOUR = ['polling', 'long-polling', 'sse', 'websocket'].map((transport) => fakeCell({ transport }));

/** Eight blocks of the four transports whose figures differ a little from block to block. */
export function defaultResult(): RunResult {
  const trials = FOUR.flatMap((cell, index) =>
    Array.from({ length: 8 }, (_, block) => fakeTrial(cell, block, { scale: 1 + index + block / 50 })),
  );
  return fakeResult(fakePlan(FOUR, 8), trials);
}

export function position(overrides: Partial<Position> = {}): Position {
  return { index: 11, trials: 32, cell: fakeCell(), block: 2, attempt: 1, ...overrides };
}

export function progressEvent(overrides: Partial<TrialProgress & Position> & { etaMs?: number } = {}): RunEvent {
  return {
    type: 'trial-progress',
    etaMs: 108_000,
    ...position(),
    phase: 'measure',
    phaseMs: 2000,
    phaseTotalMs: 3000,
    connected: 1000,
    target: 1000,
    delivered: 20_000,
    deliveredPerSecond: 10_000,
    missed: 0,
    p50Us: 1234,
    p99Us: 4560,
    serverCores: 0.42,
    agentUtilisation: 0.37,
    ...overrides,
  };
}

export function startEvent(plan: Plan = fakePlan(FOUR, 8)): RunEvent {
  return { type: 'run-start', id: 'r1', directory: '/tmp/r1', plan, trials: 32, estimatedMs: 190_000 };
}
