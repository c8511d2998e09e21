import type { ConnectionTotals } from '../../server/connections.ts';
import { targetNameOf, traitsOf } from '../../server/transports/traits.ts';
import type { MeasuredWindow } from '../agent/measure/recorder.ts';
import type { AgentReport } from '../agent/messages.ts';
import { targetOf } from '../result/entrant.ts';
import type { BytesFigures, Cell } from '../result/schema.ts';
import type { TrialEvidence } from './evidence.ts';
import { wholeWorkers, type Served } from './server-figures.ts';
import { serverProcesses } from './spec.ts';
import { perDelivery, sumOf } from './usage.ts';

/** Whom bytes are divided among: what our server served, or what its clients have told of another one. */
type Receivers = { served: Served; received: readonly AgentReport[]; delivered: number };

/** Bytes and segments of the window; nothing is divided among deliveries where a process was lost that tells of them. */
export function bytesFigures(evidence: TrialEvidence, receivers: Receivers, window: MeasuredWindow): BytesFigures {
  const { sent, received, served } = targetOf(evidence.spec.cell.transport, evidence.spec.settings)
    ? atClients(receivers)
    : atServer(evidence, receivers.served);
  const tcp = { start: evidence.host.start?.tcp, end: evidence.host.end?.tcp };
  return {
    applicationSent: sent,
    applicationReceived: received,
    perDeliverySent: perDelivery(sent, served.delivered),
    perDeliveryReceived: perDelivery(received, served.delivered),
    perDelivery: served.delivered === 0 ? null : divideBytes(evidence.spec.cell, window, sent, received, served),
    segments: tcp.start && tcp.end ? tcp.end.segmentsSent - tcp.start.segmentsSent : null,
    retransmitted: tcp.start && tcp.end ? tcp.end.retransmitted - tcp.start.retransmitted : null,
  };
}

type Bytes = { sent: number; received: number; served: Served };

function atServer(evidence: TrialEvidence, served: Served): Bytes {
  const known = wholeWorkers(evidence);
  const grown = (of: (totals: ConnectionTotals) => number) =>
    sumOf(known, ({ start, end }) => of(end.connections!) - of(start.connections!));
  const isWhole = known.length === serverProcesses(evidence.spec);
  return {
    sent: grown((totals) => totals.bytesSent),
    received: grown((totals) => totals.bytesReceived),
    served: isWhole ? served : { ...served, delivered: 0 },
  };
}

/** What clients received their server has sent. */
function atClients({ served, received, delivered }: Receivers): Bytes {
  const isKnown = received.every((report) => report.bytes !== null);
  return {
    sent: sumOf(received, (report) => report.bytes?.received ?? 0),
    received: sumOf(received, (report) => report.bytes?.sent ?? 0),
    served: { ...served, delivered: isKnown ? delivered : 0 },
  };
}

/**
 * What one delivered tick costs on the wire, by kind. Streams have no heads in the measured window: all that is not
 * payload is framing. An answer to a poll is a JSON array: two brackets, and a comma between ticks; the rest is heads.
 */
function divideBytes(
  cell: Cell,
  window: MeasuredWindow,
  sent: number,
  received: number,
  { clients, delivered }: Served,
): NonNullable<BytesFigures['perDelivery']> {
  const payload = cell.payloadBytes;
  const requests = received / delivered;
  const overhead = sent / delivered - payload;
  const isPushed = traitsOf(cell.transport)?.asks === 'never';
  if (isPushed) return { payload, framing: overhead, headers: 0, requests };
  // What another server puts around ticks in its answers is not told from their heads.
  if (targetNameOf(cell.transport) !== null) return { payload, framing: 0, headers: overhead, requests };
  const polls =
    cell.pollIntervalMs === null ? delivered : (clients * (window.endUs - window.startUs)) / 1000 / cell.pollIntervalMs;
  const framing = 1 + Math.min(delivered, polls) / delivered;
  return { payload, framing, headers: overhead - framing, requests };
}
