/**
 * How a transport is told from the others wherever people look: in reports, in the terminal, on the live page. Colour never
 * carries it alone: each has a shape and a dash as well.
 */
export type TransportLook = {
  id: string;
  label: string;
  /** For a light and for a dark background, each with a contrast of at least 4.5. */
  colour: { light: string; dark: string };
  /** Names of Chart.js's point styles; `rectRot` is a diamond. */
  shape: 'circle' | 'rect' | 'triangle' | 'rectRot';
  /** Lengths of lines and spaces in pixels; empty is solid. */
  dash: number[];
};

/** The one table of looks, in the order in which cards show them. It imports nothing: browsers load it too. */
export const LOOKS = {
  polling: {
    id: 'polling',
    label: 'polling',
    colour: { light: '#B0568F', dark: '#CC79A7' },
    shape: 'rectRot',
    dash: [2, 3],
  },
  'long-polling': {
    id: 'long-polling',
    label: 'long polling',
    colour: { light: '#C2410C', dark: '#E69F00' },
    shape: 'triangle',
    dash: [8, 3, 2, 3],
  },
  sse: {
    id: 'sse',
    label: 'SSE',
    colour: { light: '#00805D', dark: '#2BC79A' },
    shape: 'rect',
    dash: [6, 3],
  },
  websocket: {
    id: 'websocket',
    label: 'WebSocket',
    colour: { light: '#0072B2', dark: '#56B4E9' },
    shape: 'circle',
    dash: [],
  },
} satisfies Record<string, TransportLook>;
