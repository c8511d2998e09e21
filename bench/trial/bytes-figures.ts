import { traitsOf } from '../../server/transports/traits.ts';
import type { MeasuredWindow } from '../agent/measure/recorder.ts';
import type { BytesFigures, Cell } from '../result/schema.ts';
import type { TrialEvidence } from './evidence.ts';
import { wholeWorkers, type Served } from './server-figures.ts';
import { perDelivery, sumOf } from './usage.ts';

/** Bytes and segments of the window; nothing is divided among deliveries where a server process was lost. */
export function bytesFigures(evidence: TrialEvidence, served: Served, window: MeasuredWindow): BytesFigures {
  const known = wholeWorkers(evidence);
  const applicationSent = sumOf(known, ({ start, end }) => end.connections.bytesSent - start.connections.bytesSent);
  const applicationReceived = sumOf(
    known,
    ({ start, end }) => end.connections.bytesReceived - start.connections.bytesReceived,
  );
  const tcp = { start: evidence.host.start?.tcp, end: evidence.host.end?.tcp };
  const delivered = known.length === evidence.spec.settings.serverWorkers ? served.delivered : 0;
  return {
    applicationSent,
    applicationReceived,
    perDeliverySent: perDelivery(applicationSent, delivered),
    perDeliveryReceived: perDelivery(applicationReceived, delivered),
    perDelivery:
      delivered === 0 ? null : divideBytes(evidence.spec.cell, window, applicationSent, applicationReceived, served),
    segments: tcp.start && tcp.end ? tcp.end.segmentsSent - tcp.start.segmentsSent : null,
    retransmitted: tcp.start && tcp.end ? tcp.end.retransmitted - tcp.start.retransmitted : null,
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
  const polls =
    cell.pollIntervalMs === null ? delivered : (clients * (window.endUs - window.startUs)) / 1000 / cell.pollIntervalMs;
  const framing = 1 + Math.min(delivered, polls) / delivered;
  return { payload, framing, headers: overhead - framing, requests };
}
