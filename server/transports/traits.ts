/**
 * How a transport is told from the others wherever people look: in reports, in the terminal, on the live page. Colour never
 * carries it alone: each has a shape and a dash as well.
 */
export type TransportLook = {
  id: string;
  label: string;
  /** For a light and for a dark background, each with a contrast of at least 4.5. */
  colour: { light: string; dark: string };
  /** Names of Chart.js's point styles; `rectRot` is a diamond, `crossRot` an X. */
  shape: 'circle' | 'rect' | 'triangle' | 'rectRot' | 'crossRot';
  /** Lengths of lines and spaces in pixels; empty is solid. */
  dash: number[];
};

/** What a transport is like, as far as anything outside its own files must know. */
export type TransportTraits = {
  readonly look: TransportLook;
  /** Of its requests. */
  readonly path: string;
  /**
   * When a client asks again: at an interval of its own, as soon as it has been answered, or never, since ticks are pushed to
   * it on one stream.
   */
  readonly asks: 'interval' | 'at-once' | 'never';
  /** Whether clients can speak on the same connection. */
  readonly bothWays: boolean;
  /**
   * Bytes of one tick at the socket of one client whom it is pushed to, by the protocol's own arithmetic, TCP and IP excluded;
   * null where answers to requests carry ticks.
   */
  readonly pushedBytes: ((seq: number, payloadBytes: number) => number) | null;
  /** Its place among all by how little there is to write and to run for it, from 1. */
  readonly simplicity: number;
  /** Whether it is compared where no transports are named. */
  readonly isDefault: boolean;
};

/** A body of so many bytes as one chunk of the chunked transfer coding (RFC 9112, 7.1). */
function chunkBytes(body: number): number {
  return body.toString(16).length + 2 + body + 2;
}

/** The one table of traits, in the order in which tables and cards show them. It imports nothing: browsers load it too. */
export const TRAITS = {
  polling: {
    look: {
      id: 'polling',
      label: 'polling',
      colour: { light: '#B0568F', dark: '#CC79A7' },
      shape: 'rectRot',
      dash: [2, 3],
    },
    path: '/feed/polling',
    asks: 'interval',
    bothWays: false,
    pushedBytes: null,
    simplicity: 4,
    isDefault: true,
  },
  'long-polling': {
    look: {
      id: 'long-polling',
      label: 'long polling',
      colour: { light: '#C2410C', dark: '#E69F00' },
      shape: 'triangle',
      dash: [8, 3, 2, 3],
    },
    path: '/feed/long-polling',
    asks: 'at-once',
    bothWays: false,
    pushedBytes: null,
    simplicity: 5,
    isDefault: true,
  },
  sse: {
    look: {
      id: 'sse',
      label: 'SSE',
      colour: { light: '#00805D', dark: '#2BC79A' },
      shape: 'rect',
      dash: [6, 3],
    },
    path: '/feed/sse',
    asks: 'never',
    bothWays: false,
    /** `id: N`, `data: ` and the empty line (WHATWG HTML, 9.2), as one chunk. */
    pushedBytes: (seq: number, payloadBytes: number) => chunkBytes(`id: ${seq}\n`.length + payloadBytes + 8),
    simplicity: 1,
    isDefault: true,
  },
  websocket: {
    look: {
      id: 'websocket',
      label: 'WebSocket',
      colour: { light: '#0072B2', dark: '#56B4E9' },
      shape: 'circle',
      dash: [],
    },
    path: '/feed/websocket',
    asks: 'never',
    bothWays: true,
    /** An unmasked frame (RFC 6455, 5.2). */
    pushedBytes: (_seq: number, payloadBytes: number) =>
      payloadBytes + (payloadBytes <= 125 ? 2 : payloadBytes <= 65_535 ? 4 : 10),
    simplicity: 3,
    isDefault: true,
  },
  stream: {
    look: {
      id: 'stream',
      label: 'NDJSON stream',
      colour: { light: '#7A6200', dark: '#F0E442' },
      shape: 'crossRot',
      dash: [12, 4],
    },
    path: '/feed/stream',
    asks: 'never',
    bothWays: false,
    /** The tick and a line end, as one chunk. */
    pushedBytes: (_seq: number, payloadBytes: number) => chunkBytes(payloadBytes + 1),
    simplicity: 2,
    isDefault: false,
  },
} satisfies Record<string, TransportTraits>;

export type TransportId = keyof typeof TRAITS;

/** In the order in which tables show them. */
export const TRANSPORT_IDS: readonly TransportId[] = Object.keys(TRAITS) as TransportId[];

export function isTransportId(text: string): text is TransportId {
  return Object.hasOwn(TRAITS, text);
}

/**
 * The transport of an entrant, that is, of what is compared: a transport of the built-in server by its id alone, one of another
 * server after that one's name and a colon, as in `go:sse`; through a proxy after that one's name and a slash, as in
 * `nginx:tuned/go:sse`. Null for one that this version does not know, as a result from elsewhere may hold.
 */
export function transportOf(entrant: string): TransportId | null {
  const straight = straightOf(entrant);
  const id = straight.slice(straight.indexOf(':') + 1);
  return isTransportId(id) ? id : null;
}

/** The name of the server that an entrant is one of; null for the built-in one. */
export function targetNameOf(entrant: string): string | null {
  const straight = straightOf(entrant);
  const colon = straight.indexOf(':');
  return colon < 0 ? null : straight.slice(0, colon);
}

/** The name of the proxy that an entrant goes through; null where it goes straight to its server. */
export function proxyNameOf(entrant: string): string | null {
  const slash = entrant.lastIndexOf('/');
  return slash < 0 ? null : entrant.slice(0, slash);
}

/** The same entrant without a proxy. */
export function straightOf(entrant: string): string {
  return entrant.slice(entrant.lastIndexOf('/') + 1);
}

/** What the transport of an entrant is like; null for one that this version does not know. */
export function traitsOf(entrant: string): TransportTraits | null {
  const id = transportOf(entrant);
  return id === null ? null : TRAITS[id];
}

/** Whether clients of a transport ask at an interval: cells vary with it, and a delivery may take that long. */
export function asksAtInterval(id: string): boolean {
  return traitsOf(id)?.asks === 'interval';
}
