import { transportOf } from '../../server/transports/traits.ts';
import { CLIENT_TRANSPORTS } from '../agent/index.ts';
import type { MergedRecording } from '../agent/measure/merge.ts';
import { summarise } from '../judge/summary.ts';
import type { CanaryFigures } from '../result/schema.ts';
import type { TrialEvidence } from './evidence.ts';

/** How far the canary's clients may be off by their own work for each message, and as a share of what they measure. */
const CANARY_MARGIN_US = 2000;
const CANARY_MARGIN_SHARE = 0.25;

/**
 * Compares what library clients saw with what the load saw, tick by tick, since all deliveries of a tick share every
 * pause: the median over the ticks of the difference of the two means, with its order-statistic interval. They disagree
 * where the whole interval lies beyond the margin.
 */
export function canaryFigures(
  { spec, canaryReport }: TrialEvidence,
  load: MergedRecording,
  canary: MergedRecording,
): CanaryFigures {
  const differences = canary.tickMeansUs
    .map((meanUs, tick) => (meanUs === null ? null : meanUs - (load.tickMeansUs[tick] ?? Number.NaN)))
    .filter((us): us is number => us !== null && !Number.isNaN(us));
  const { median, low, high } = differences.length === 0 ? NO_DIFFERENCE : summarise(differences);
  const isKnown = low !== null && high !== null;
  const { connected, failed, dropped } = canaryReport?.clients ?? { connected: 0, failed: 0, dropped: 0 };
  const marginUs = Math.max(CANARY_MARGIN_US, CANARY_MARGIN_SHARE * load.latencyUs.mean);
  return {
    library: libraryOf(spec.cell.transport),
    clients: connected,
    target: connected + failed + dropped,
    errors: canaryReport?.errors ?? [],
    latencyUs: canary.latencyUs,
    ledger: canary.ledger,
    differenceUs: isKnown ? { median, low, high } : null,
    marginUs,
    agrees: isKnown ? low <= marginUs && high >= -marginUs : null,
  };
}

function libraryOf(transport: string): string {
  const id = transportOf(transport);
  return id === null ? 'unknown' : CLIENT_TRANSPORTS[id].libraryName;
}

const NO_DIFFERENCE = { median: 0, low: null, high: null } as const;
