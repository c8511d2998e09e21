import { barChart } from './bars.ts';

/** Server CPU per delivered tick, user and system. */
export const cpu = barChart({
  id: 'cpu',
  metric: 'cpu',
  title: 'CPU per delivered tick',
  parts: [
    { label: 'user', fill: 'solid' },
    { label: 'system', fill: 'hatch' },
  ],
  partsOf: ({ row }) => row.cpuParts,
});

/** Server memory held per client. */
export const memory = barChart({
  id: 'memory',
  metric: 'memory',
  title: 'memory held per client',
  parts: [{ label: 'held', fill: 'solid' }],
  partsOf: (_, [median]) => [median],
});

/** Bytes per delivered tick by kind. */
export const bytes = barChart({
  id: 'bytes',
  metric: 'bytes',
  title: 'on the wire per delivered tick',
  parts: [
    { label: 'payload', fill: 'solid' },
    { label: 'framing', fill: 'hatch' },
    { label: 'response headers', fill: 'light' },
    { label: 'requests', fill: 'dots' },
  ],
  partsOf: ({ row }) => row.bytesParts,
});
