// How the live page writes figures.

/** Microseconds as a latency or an age: `0.84 ms`, `12.3 ms`, `1.25 s`. */
export function formatTime(us: number): string {
  if (!Number.isFinite(us)) return '–';
  const ms = us / 1000;
  if (Math.abs(ms) < 9.995) return `${ms.toFixed(2)} ms`;
  if (Math.abs(ms) < 99.95) return `${ms.toFixed(1)} ms`;
  if (Math.abs(ms) < 999.5) return `${ms.toFixed(0)} ms`;
  return `${(ms / 1000).toFixed(2)} s`;
}

/** A latency with what the clocks allow to say: what is below their error is only known to be below it. */
export function formatLatency(us: number, boundUs: number): string {
  return us < boundUs ? `< ${formatTime(boundUs)}` : formatTime(us);
}

/** Bytes: `128 B`, `1.5 KiB`, `12.3 MiB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${Math.round(bytes)} B`;
  if (bytes < 1024 ** 2) return `${(bytes / 1024).toFixed(1)} KiB`;
  return `${(bytes / 1024 ** 2).toFixed(1)} MiB`;
}

/** Seconds of a span in microseconds: `3.2 s`. */
export function formatSeconds(us: number): string {
  return `${(us / 1e6).toFixed(1)} s`;
}
