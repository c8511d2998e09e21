import type { TransportId } from '../../transports/traits.ts';

/** What somebody is asked about their updates. */
export const QUESTIONS = {
  direction: {
    legend: 'Who speaks?',
    answers: { server: 'the server', sometimes: 'the client too, now and then', both: 'both, all the time' },
  },
  freshness: {
    legend: 'How old may an update be?',
    answers: { instant: 'as new as can be', seconds: 'seconds', minutes: 'minutes' },
  },
  path: {
    legend: 'What lies between?',
    answers: {
      http1: 'HTTP/1.1',
      http2: 'HTTP/2 or later, end to end',
      buffering: 'proxies that hold streams back',
    },
  },
  data: { legend: 'What is sent?', answers: { text: 'text, such as JSON', binary: 'binary data' } },
} as const;

/** What somebody answers. */
export type Needs = {
  readonly [Question in keyof typeof QUESTIONS]: keyof (typeof QUESTIONS)[Question]['answers'];
};

export type Advice = { readonly transport: TransportId; readonly reasons: readonly string[]; readonly beware: string };

/** What fits, and why. Folklore made explicit; the report measures whether it holds. */
export function adviseOn({ direction, freshness, path, data }: Needs): Advice {
  if (path === 'buffering') {
    const isPatient = freshness !== 'instant';
    return {
      transport: isPatient ? 'polling' : 'long-polling',
      reasons: [
        'What lies between holds streams back until they end: only whole responses come through.',
        isPatient
          ? 'Your updates may be seconds old, so that plain requests at an interval will do.'
          : 'A held request is answered as soon as there is news.',
      ],
      beware: isPatient
        ? 'On average an update is half an interval late, whatever the server does.'
        : 'Every update costs a whole request. WebSocket over TLS often gets through as well: try it.',
    };
  }
  if (freshness === 'minutes' && direction !== 'both') {
    return {
      transport: 'polling',
      reasons: [
        'Updates may be minutes old: a request now and then needs no connection that is kept, watched and resumed.',
      ],
      beware: 'With many clients, spread their requests: all at the full minute is a stampede.',
    };
  }
  if (direction === 'both' || data === 'binary') {
    return {
      transport: 'websocket',
      reasons: [
        direction === 'both'
          ? 'Both sides speak all the time: one connection carries both ways.'
          : 'Binary messages: SSE carries text only, and base64 makes it a third longer.',
        'It has the least framing: 2 to 10 bytes a message.',
      ],
      beware: 'Reconnecting, resuming, heartbeats and access checks by Origin are yours to write.',
    };
  }
  const reasons = [
    direction === 'server'
      ? 'Only the server speaks: one plain HTTP response, and the browser reads it by itself.'
      : 'The client speaks now and then: a plain POST does that beside the stream.',
    'It reconnects by itself and says where it left off (Last-Event-ID).',
  ];
  if (path === 'http2') reasons.push('Over HTTP/2 all streams share one connection: the limit of six is gone.');
  return {
    transport: 'sse',
    reasons,
    beware:
      path === 'http1'
        ? 'Over HTTP/1.1 a browser opens six connections to one origin, all its tabs together: see the first lab.'
        : 'An answer other than 200 ends an EventSource for good: see the third lab.',
  };
}
