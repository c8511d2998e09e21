// Entry of the wire: `node bench/machine/network/main.ts NETWORK SEED`. It holds two open TUN devices, one in each of two network
// namespaces, and carries every packet from one to the other as the network says. It ends with its controller.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { nowUs } from '../../../server/clock.ts';
import { leaveTerminalToController } from '../../../server/stop-signals.ts';
import { deriveSeed } from '../../basics/random.ts';
import type { Network } from '../../result/network.ts';
import { LaneCounts, sharedCounts } from './lane-counts.ts';
import type { LaneThread } from './lane-thread.ts';
import type { FromWire, ToWire } from './messages.ts';
import { sharedRing } from './ring.ts';
import { CLIENTS_FD, SERVER_FD } from './devices.ts';

const network = JSON.parse(process.argv[2]!) as Network;
const seed = Number(process.argv[3]);

/** How late the kernel may wake a thread to save power; threads inherit it (PR_SET_TIMERSLACK, proc(5)). */
const TIMER_SLACK_NS = '1000';

leaveTerminalToController();
// Threads stand in reads that nothing ends; only a signal that nobody ignores ends them all.
process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'));
becomePunctual();
const towardsServer = startLane(CLIENTS_FD, SERVER_FD, deriveSeed(seed, 0));
const towardsClients = startLane(SERVER_FD, CLIENTS_FD, deriveSeed(seed, 1));
let planned: NodeJS.Timeout[] = [];
let cpu: number[] = [];
process.on('message', (message: ToWire) => {
  if (message.type === 'measure') return measure(message);
  const [start = 0, end = start] = cpu;
  const report = {
    towardsServer: towardsServer.figures(),
    towardsClients: towardsClients.figures(),
    cpuUs: end - start,
  };
  return send({ type: 'report', report });
});
send({ type: 'ready' });

/** As the witnesses: whoever has been woken goes first, where the system permits. Threads that start later inherit that. */
function becomePunctual(): void {
  try {
    writeFileSync('/proc/self/timerslack_ns', TIMER_SLACK_NS);
  } catch {
    // 50 us later, then
  }
  spawnSync('chrt', ['-f', '-p', '1', String(process.pid)], { stdio: 'ignore' });
}

function startLane(from: number, to: number, laneSeed: number): LaneCounts {
  const common = { ring: sharedRing(), counts: sharedCounts(), network, seed: laneSeed };
  const start = (part: Pick<LaneThread, 'role' | 'fd'>) =>
    new Worker(new URL('lane-thread.ts', import.meta.url), { workerData: { ...common, ...part } satisfies LaneThread });
  start({ role: 'read', fd: from });
  start({ role: 'write', fd: to });
  return new LaneCounts(common.counts);
}

function measure({ fromUs, untilUs }: { fromUs: number; untilUs: number }): void {
  for (const lane of [towardsServer, towardsClients]) lane.measure(fromUs, untilUs);
  for (const timer of planned) clearTimeout(timer);
  cpu = [];
  planned = [fromUs, untilUs].map((timeUs, index) =>
    setTimeout(
      () => {
        const { user, system } = process.cpuUsage();
        cpu[index] = user + system;
      },
      Math.max(0, (timeUs - nowUs()) / 1000),
    ),
  );
}

function send(message: FromWire): void {
  process.send?.(message);
}
