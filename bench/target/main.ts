// Entry of a publisher: `node bench/target/main.ts CONFIG PUBLISHED`, both JSON. It starts a server that is not ours, or finds it
// running, gives it the feed, and tells and obeys as server/main.ts does.
import { obey, send } from '../../server/control.ts';
import type { ServerConfig } from '../../server/config.ts';
import { leaveTerminalToController } from '../../server/stop-signals.ts';
import { publish, type Published } from './publisher.ts';

/** What is left of the server to end in order; whoever ends this process leaves it longer. */
const GRACE_MS = 1000;

const config = JSON.parse(process.argv[2]!) as ServerConfig;
const published = JSON.parse(process.argv[3]!) as Published;

leaveTerminalToController();
try {
  const server = await publish(config, published);
  const stop = async () => {
    await server.stop(GRACE_MS);
    process.exit();
  };
  process.once('SIGTERM', () => void stop());
  obey(
    () => void stop(),
    (collect) => server.sample(collect),
  );
  void server.lost.then(async (why) => {
    process.stderr.write(`${published.target.name}: ${why}\n`);
    await server.stop(0);
    process.exit(1);
  });
  send({ type: 'listening', host: config.host, port: server.port, config });
} catch (error) {
  send({ type: 'failed', code: 'TARGET_START', message: `${published.target.name}: ${(error as Error).message}` });
  process.exitCode = 1;
  if (process.connected) process.disconnect?.();
}
