import type { Trial, Validity, ValidityReason } from '../result/schema.ts';

/** A trial before anyone has judged it. */
export type UnjudgedTrial = Omit<Trial, 'validity'>;

/** Looks at one property of a trial; null where it holds. Pure: no gate knows another trial. */
type Gate = (trial: UnjudgedTrial) => ValidityReason | null;

const CONNECTED_SHARE = 0.999;
const RATE_ERROR = 0.01;

const connected: Gate = ({ clients }) => {
  const share = clients.connected / clients.target;
  if (share >= CONNECTED_SHARE) return null;
  return {
    code: 'CLIENTS_NOT_CONNECTED',
    severity: 'invalid',
    message: `${clients.connected} of ${clients.target} clients connected; see the errors for why the others did not`,
    value: share,
    limit: CONNECTED_SHARE,
  };
};

const dropped: Gate = ({ clients }) =>
  clients.dropped === 0
    ? null
    : {
        code: 'CLIENTS_DROPPED',
        severity: 'invalid',
        message: `${clients.dropped} clients lost their connection during the trial`,
        value: clients.dropped,
        limit: 0,
      };

/** The ledger's faults: each must be zero, since the transports promise exactly once and in order. */
const LEDGER_GATES = (
  [
    ['missed', 'TICKS_MISSED', 'never arrived'],
    ['duplicate', 'TICKS_DUPLICATE', 'arrived more than once'],
    ['outOfOrder', 'TICKS_OUT_OF_ORDER', 'arrived after a newer one'],
    ['corrupt', 'TICKS_CORRUPT', 'arrived with other bytes than were sent'],
  ] as const
).map(
  ([key, code, what]): Gate =>
    ({ ledger }) =>
      ledger[key] === 0
        ? null
        : {
            code,
            severity: 'invalid',
            message: `${ledger[key]} of ${ledger.expected} ticks ${what}`,
            value: ledger[key],
            limit: 0,
          },
);

const feedRate: Gate = ({ server, cell, phases }) => {
  if (phases.lastSeq < phases.firstSeq) return null;
  const error = Math.abs(server.feed.achievedRateHz / cell.rateHz - 1);
  if (error <= RATE_ERROR) return null;
  return {
    code: 'FEED_RATE_OFF',
    severity: 'invalid',
    message: `the feed emitted ${server.feed.achievedRateHz.toFixed(2)} ticks/s instead of ${cell.rateHz}; the server is overloaded`,
    value: error,
    limit: RATE_ERROR,
  };
};

const somethingDelivered: Gate = ({ ledger }) =>
  ledger.delivered > 0
    ? null
    : {
        code: 'NOTHING_DELIVERED',
        severity: 'invalid',
        message: 'no tick was delivered in the measured window; make it longer, or the rate higher',
        value: 0,
        limit: 1,
      };

/** Every gate, in the order in which reasons are shown. */
const GATES: readonly Gate[] = [connected, dropped, ...LEDGER_GATES, somethingDelivered, feedRate];

/** Applies every gate: `invalid` withholds verdicts, `caution` only marks; the figures are kept either way. */
export function judge(trial: UnjudgedTrial): Validity {
  const reasons = GATES.map((gate) => gate(trial)).filter((reason) => reason !== null);
  const status = reasons.some((reason) => reason.severity === 'invalid')
    ? 'invalid'
    : reasons.length > 0
      ? 'caution'
      : 'valid';
  return { status, reasons };
}
