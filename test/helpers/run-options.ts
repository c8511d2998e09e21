import type { RunOptions } from '../../bench/run/options.ts';

/** The options of a run without flags on two cores, but for what is given. */
export function runOptions(overrides: Partial<RunOptions> = {}): RunOptions {
  return {
    transports: ['polling', 'long-polling', 'sse', 'websocket'],
    clients: [1000],
    ratesHz: [10],
    payloadBytes: [128],
    pollIntervalsMs: [1000],
    networks: ['none'],
    durationMs: 3000,
    warmupMs: 1000,
    blocks: 8,
    agents: 1,
    rampPerSecond: 2000,
    driver: 'lean',
    fanOut: 'prepared',
    serverWorkers: 1,
    pin: 'auto',
    pollLatest: false,
    seed: 7,
    out: undefined,
    label: '',
    open: false,
    quick: false,
    json: false,
    progress: 'off',
    color: 'never',
    dryRun: false,
    port: 0,
    host: '127.0.0.1',
    unsafeBind: false,
    ownTarget: undefined,
    assertions: [],
    ...overrides,
  };
}
