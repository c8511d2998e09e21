// Loaded into a load agent by NODE_OPTIONS=--import: at SIGUSR2 its event loop is kept busy, for as many milliseconds as
// PUSHBENCH_TEST_BUSY_MS says, or for ever.
if (process.argv[1]?.endsWith('bench/agent/main.ts')) {
  process.on('SIGUSR2', () => {
    const end = performance.now() + Number(process.env['PUSHBENCH_TEST_BUSY_MS'] ?? Number.POSITIVE_INFINITY);
    while (performance.now() < end);
  });
}
