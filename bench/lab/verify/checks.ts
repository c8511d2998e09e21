import { dueUs } from '../../../server/feed/schedule.ts';
import { isEvery } from '../../../server/feed/faults.ts';
import { decode } from '../../agent/measure/histogram.ts';
import type { LedgerCounts } from '../../agent/measure/ledger.ts';
import type { Trial } from '../../result/schema.ts';
import { compareCells } from '../../judge/comparison.ts';
import type { UnjudgedTrial } from '../../judge/gates.ts';
import { outcomeOf } from '../../judge/pair-verdict.ts';
import { CLIENT_TRANSPORTS } from '../../agent/index.ts';
import { asksAtInterval, TRAITS, TRANSPORT_IDS, traitsOf } from '../../../server/transports/traits.ts';
import { measuredTicks, milliseconds, servedClients, type Check, type Outcome, type TrialRequest } from './check.ts';

/** Short polling in the self-test: fast, so that a second holds several polls. */
const POLL_MS = 200;

function requestOf(transport: string, overrides: Omit<TrialRequest, 'cell'> & { cell?: object } = {}): TrialRequest {
  const pollIntervalMs = asksAtInterval(transport) ? POLL_MS : null;
  return { ...overrides, cell: { transport, pollIntervalMs, ...overrides.cell } };
}

const AA_BLOCKS = 8;
/** Whose interval is narrow enough in eight short trials to show that nothing differs. */
const AA_EQUIVALENT = new Set(['staleness', 'bytes']);

/** One transport under two names, in alternating order, judged as a run would judge two transports. */
const aa: Check = {
  name: 'A/A',
  trials: Array.from({ length: AA_BLOCKS * 2 }, () => requestOf('sse', { cell: { clients: 100, rateHz: 10 } })),
  judge: (trials) => {
    const named: Trial[] = trials.map((trial, index) => {
      const block = Math.floor(index / 2);
      const isFirst = (index % 2 === 0) === (block % 2 === 0);
      const cell = { ...trial.cell, transport: isFirst ? 'sse' : 'sse again' };
      return { ...trial, cell, block, attempt: 1, validity: { status: 'valid', reasons: [] } };
    });
    const cells = ['sse', 'sse again'].map((transport) => ({ ...trials[0]!.cell, transport }));
    return compareCells(cells, named, []).map((comparison): Outcome => {
      const outcome = outcomeOf(comparison);
      const mustBeEqual = AA_EQUIVALENT.has(comparison.question);
      return {
        claim: `SSE against itself, ${comparison.question}`,
        expected: mustBeEqual ? 'equivalent' : 'no difference declared',
        measured: outcome === 'cannot-tell' ? 'cannot tell' : outcome,
        passed: mustBeEqual ? outcome === 'equivalent' : outcome === 'equivalent' || outcome === 'cannot-tell',
      };
    });
  },
};

const DELAYS_MS = [0, 5, 50] as const;
/** A timer of the feed counts whole milliseconds, so that two trials may emit that far apart. */
const TIMER_RESOLUTION_US = 1000;
const DELAY_TOLERANCE_US = 200;

const delay: Check = {
  name: 'injected delay',
  trials: DELAYS_MS.map((delayMs) => requestOf('sse', { faults: { delayMs }, settings: { durationMs: 4000 } })),
  judge: ([reference, ...delayed]) =>
    delayed.map((trial, index): Outcome => {
      const delayUs = DELAYS_MS[index + 1]! * 1000;
      const shiftUs = trial.latencyUs.p50 - reference!.latencyUs.p50;
      // What the server itself says of how late it emitted, so that the timer's resolution does not hide an error of ours.
      const emittedUs = trial.server.feed!.latenessP50Us - reference!.server.feed!.latenessP50Us;
      const isSeen = Math.abs(shiftUs - emittedUs) <= DELAY_TOLERANCE_US + emittedUs * 0.002;
      return {
        claim: `a delay of ${delayUs / 1000} ms moves the witnesses' p50 by as much`,
        expected: `${milliseconds(delayUs)} within 1 ms (the feed's timer), and within 0.2 ms of what the server emitted`,
        measured: `${milliseconds(shiftUs)}; emitted ${milliseconds(emittedUs)}`,
        passed: Math.abs(shiftUs - delayUs) <= TIMER_RESOLUTION_US + DELAY_TOLERANCE_US && isSeen,
      };
    }),
};

const FAULTS = [
  ['loseEvery', 'missed', 'lost'],
  ['duplicateEvery', 'duplicate', 'sent twice'],
  ['reorderEvery', 'outOfOrder', 'sent after the next one'],
  ['corruptEvery', 'corrupt', 'changed in one byte'],
] as const;
const FAULT_EVERY = 7;

const ledger: Check = {
  name: 'injected faults',
  trials: TRANSPORT_IDS.flatMap((transport) =>
    FAULTS.map(([fault]) => requestOf(transport, { faults: { [fault]: FAULT_EVERY } })),
  ),
  judge: (trials) =>
    TRANSPORT_IDS.map((transport, row): Outcome => {
      const found = FAULTS.map(([, column, what], index) => {
        const trial = trials[row * FAULTS.length + index]!;
        const affected = measuredTicks(trial).filter((seq) => isEvery(FAULT_EVERY, seq)).length;
        const count = affected * trial.clients.connected;
        return { what, count, measured: trial.ledger[column], isExact: isExactly(trial.ledger, column, count) };
      });
      return {
        claim: `${TRAITS[transport].look.label}: the ledger finds what was done to every seventh tick`,
        expected: found.map(({ what, count }) => `${count} ${what}`).join(', '),
        measured: found.map(({ measured }) => String(measured)).join(', '),
        passed: found.every(({ count, isExact }) => isExact && count > 0),
      };
    }),
};

/** The one column holds the count, and no other fault is found. */
function isExactly(counts: LedgerCounts, column: (typeof FAULTS)[number][1], count: number): boolean {
  const isAccounted = counts.delivered + counts.missed + counts.corrupt + counts.coalesced === counts.expected;
  return isAccounted && FAULTS.every(([, other]) => counts[other] === (other === column ? count : 0));
}

const BYTES_PAYLOADS = [125, 126, 1000] as const;

/** Those who are pushed to: what a tick costs them is arithmetic. */
const PUSHED = TRANSPORT_IDS.filter((id) => TRAITS[id].pushedBytes !== null);

const bytes: Check = {
  name: 'byte formulas',
  trials: BYTES_PAYLOADS.flatMap((payloadBytes) =>
    PUSHED.map((transport) => requestOf(transport, { cell: { payloadBytes } })),
  ),
  judge: (trials) =>
    trials.map((trial): Outcome => {
      const { transport, payloadBytes } = trial.cell;
      const { look, pushedBytes } = traitsOf(transport)!;
      const ticks = measuredTicks(trial);
      const expected = ticks.reduce((sum, seq) => sum + pushedBytes!(seq, payloadBytes), 0) * servedClients(trial);
      return {
        claim: `${look.label}: bytes on the wire of ticks of ${payloadBytes} bytes`,
        expected: String(expected),
        measured: String(trial.bytes.applicationSent),
        passed: trial.bytes.applicationSent === expected && expected > 0,
      };
    }),
};

const THEORY = { clients: 200, rateHz: 20, pollIntervalMs: 500, durationMs: 2000 } as const;

const theory: Check = {
  name: 'polling theory',
  trials: ['sse', 'polling'].map((transport) => ({
    cell: {
      transport,
      clients: THEORY.clients,
      rateHz: THEORY.rateHz,
      pollIntervalMs: transport === 'polling' ? THEORY.pollIntervalMs : null,
    },
    settings: { durationMs: THEORY.durationMs },
  })),
  judge: ([push, poll]) => {
    const intervalUs = THEORY.pollIntervalMs * 1000;
    // Clients draw their phases from slices of the interval, so their mean deviates by little; two per cent are the rest.
    const toleranceUs = intervalUs * 0.02;
    const within = (claim: string, expectedUs: number, measuredUs: number): Outcome => ({
      claim,
      expected: `${milliseconds(expectedUs)} within ${milliseconds(toleranceUs)}`,
      measured: milliseconds(measuredUs),
      passed: Math.abs(measuredUs - expectedUs) <= toleranceUs,
    });
    const one = push!.latencyUs.mean;
    const { mean, p99 } = poll!.latencyUs;
    return [
      within('polling: mean latency is half the interval plus that of push', intervalUs / 2 + one, mean),
      within('polling: p99 is 0.99 of the interval plus that of push', 0.99 * intervalUs + one, p99),
      within('polling: half the interval older than push', intervalUs / 2, poll!.ageUs.mean - push!.ageUs.mean),
      within('push: mean age is half a tick plus the latency', 5e5 / THEORY.rateHz + one, push!.ageUs.mean),
    ];
  },
};

const STALL_MS = 500;
const STALL_RATE = 10;
/** As many ticks as the window has, so that exactly one stall falls into it. */
const STALL_EVERY = 20;

const omission: Check = {
  name: 'coordinated omission',
  trials: [
    requestOf('sse', {
      cell: { rateHz: STALL_RATE },
      settings: { durationMs: (STALL_EVERY / STALL_RATE) * 1000 },
      faults: { stallMs: STALL_MS, stallEvery: STALL_EVERY },
    }),
  ],
  judge: ([trial]) => {
    const stallUs = STALL_MS * 1000;
    const tickUs = dueUs({ startUs: 0, rateHz: STALL_RATE }, 2);
    const shows = (claim: string, expectedUs: number, measuredUs: number): Outcome => ({
      claim,
      expected: `${milliseconds(expectedUs)}, and no more than a fifth above`,
      measured: milliseconds(measuredUs),
      // A histogram's bucket may end a thousandth below the value.
      passed: measuredUs >= expectedUs * 0.998 && measuredUs <= expectedUs * 1.2,
    });
    return [
      shows(`a stall of ${STALL_MS} ms shows in full in p99`, stallUs, trial!.latencyUs.p99),
      // The tick before the stall is one period older than the tick that waits for it.
      shows('and in the largest age', stallUs + tickUs, trial!.ageUs.max),
    ];
  },
};

const STOP_LOAD_MS = 300;
/** Beside it what two trials differ by anyway is little. */
const STOP_DELAY_MS = 50;
const STOP_TOLERANCE = 0.05;

const witnesses: Check = {
  name: 'stopped load',
  trials: [{}, { stopLoadMs: STOP_LOAD_MS }].map((stop) =>
    requestOf('sse', { settings: { durationMs: 2000 }, faults: { delayMs: STOP_DELAY_MS }, ...stop }),
  ),
  judge: ([calm, stopped]) => {
    const loadMaxUs = stopped!.witnesses?.loadLatencyUs?.max ?? 0;
    return (['p50', 'p99'] as const).map((key): Outcome => {
      const [before, after] = [calm!.latencyUs[key], stopped!.latencyUs[key]];
      return {
        claim: `a load that stands still for ${STOP_LOAD_MS} ms leaves the witnesses' ${key} as it was`,
        expected: `${milliseconds(before)} within ${STOP_TOLERANCE * 100} %, while the load saw ${STOP_LOAD_MS} ms or more; nothing missed`,
        measured: `${milliseconds(after)}; the load ${milliseconds(loadMaxUs)}; ${stopped!.ledger.missed} missed`,
        passed:
          Math.abs(after - before) <= before * STOP_TOLERANCE &&
          loadMaxUs >= STOP_LOAD_MS * 1000 * 0.998 &&
          stopped!.ledger.missed === 0,
      };
    });
  },
};

const FAIR_TRANSPORTS = ['sse', 'long-polling'] as const;
/** Evenly spread, they are 1.25 times as far apart; as a cluster that is served somewhere, a tenth to a third. */
const FAIR_SHARE = 0.8;

/** Witnesses that stood together in the fan-out would be served together: one sample a tick, however many they are. */
const fairness: Check = {
  name: 'fair witnesses',
  trials: FAIR_TRANSPORTS.map((transport) => requestOf(transport, { cell: { clients: 500, rateHz: 10 } })),
  judge: (trials) =>
    FAIR_TRANSPORTS.map((transport, index): Outcome => {
      const { fanOutSpreadUs, latencyUs } = trials[index]!;
      const all = decode(latencyUs.hdr);
      const usualUs = all.getValueAtPercentile(90) - all.getValueAtPercentile(10);
      return {
        claim: `${TRAITS[transport].look.label}: the witnesses stand evenly in the fan-out`,
        expected: `within a tick apart by ${milliseconds(usualUs * FAIR_SHARE)} or more, as p10 and p90 of all ticks`,
        measured: milliseconds(fanOutSpreadUs.p50),
        passed: fanOutSpreadUs.p50 >= usualUs * FAIR_SHARE,
      };
    }),
};

/** Half of the clients wait for the other half's work: what a library takes for a message, at most, times 25. */
const LIBRARY_TOLERANCE_US = 4000;

const drivers: Check = {
  name: 'lean against library',
  trials: TRANSPORT_IDS.flatMap((transport) =>
    (['lean', 'library'] as const).map((driver) =>
      requestOf(transport, { cell: { driver, clients: 50, rateHz: 20 }, settings: { warmupMs: 1000 } }),
    ),
  ),
  judge: (trials) =>
    TRANSPORT_IDS.map((transport, row): Outcome => {
      const [lean, library] = [trials[row * 2]!, trials[row * 2 + 1]!];
      const differenceUs = library.latencyUs.p50 - lean.latencyUs.p50;
      const same = JSON.stringify(lean.ledger) === JSON.stringify(library.ledger);
      return {
        claim: `${TRAITS[transport].look.label}: lean and ${CLIENT_TRANSPORTS[transport].libraryName} clients agree`,
        expected: `the same ledger; medians within ${milliseconds(LIBRARY_TOLERANCE_US)}`,
        measured: `${same ? 'the same' : 'another'} ledger; ${milliseconds(differenceUs)} apart`,
        passed: same && lean.ledger.missed === 0 && Math.abs(differenceUs) <= LIBRARY_TOLERANCE_US,
      };
    }),
};

/** How far the clocks of two processes may be apart, in microseconds. */
const CLOCK_LIMIT_US = 5;

/** Every tick of every trial of the self-test must arrive after it was due, and be stamped so. */
export function judgeClocks(trials: readonly UnjudgedTrial[]): Outcome {
  const earliestUs = Math.min(0, ...trials.map((trial) => trial.latencyUs.negative.minUs));
  const count = trials.reduce((sum, trial) => sum + trial.latencyUs.count, 0);
  return {
    claim: 'clocks of all processes agree: nothing arrives before it is due',
    expected: `no latency below -${CLOCK_LIMIT_US} us in any trial`,
    measured: `lowest ${earliestUs === 0 ? 'above 0' : `${earliestUs.toFixed(1)} us`} of ${count} deliveries`,
    passed: earliestUs >= -CLOCK_LIMIT_US && count > 0,
  };
}

/** Every check, the quick ones first. */
export const CHECKS: readonly Check[] = [bytes, ledger, delay, omission, witnesses, fairness, theory, drivers, aa];
