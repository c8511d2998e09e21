// Holds the witnesses against the wire: captures the packets of whole trials on loopback by tshark, and compares when each tick
// was sent with when the witnesses say that it was received. `node scripts/capture.ts [CLIENTS [TRANSPORTS]]`, as root;
// CLIENTS and TRANSPORTS are comma lists. No part of the product: tshark must be installed.
import { spawn, execFileSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { nowUs } from '../server/clock.ts';
import { freePort } from '../server/free-port.ts';
import { USUAL_CELL, USUAL_SETTINGS } from '../bench/lab/verify/check.ts';
import { isPinned, pinMachine } from '../bench/machine/pinning.ts';
import { composeTrial } from '../bench/trial/figures.ts';
import { measureTrial } from '../bench/trial/trial.ts';

const [clients = '200,1000', transports = 'sse,websocket'] = process.argv.slice(2);
const RATE_HZ = 10;
const BEACONS = 200;
/** The larger of the two may lie between a percentile of the wire and of the witnesses. */
const TOLERANCE_US = 500;
const TOLERANCE_SHARE = 0.05;

const header = [
  'transport',
  'clients',
  '',
  'wire ms',
  'witnesses ms',
  'load ms',
  'difference ms',
  'within 0.5 ms or 5 %',
];
process.stdout.write(`${header.join('\t')}\n`);
for (const transport of transports.split(',')) {
  for (const count of clients.split(',').map(Number)) {
    for (const line of await capture(transport, count)) process.stdout.write(`${line.join('\t')}\n`);
  }
}

/** One trial, with each of its packets. */
async function capture(transport: string, count: number): Promise<string[][]> {
  const folder = mkdtempSync(join(tmpdir(), 'pushbench-capture-'));
  const file = join(folder, 'packets.pcap');
  const port = await freePort('127.0.0.1');
  const beacon = createSocket('udp4').bind(0, '127.0.0.1');
  await once(beacon, 'listening');
  const beaconPort = beacon.address().port;
  const filter = `tcp src port ${port} or udp dst port ${beaconPort}`;
  const args = ['-q', '-i', 'lo', '-B', '256', '-s', '512', '-w', file, '-F', 'pcap', '-f', filter];
  const sniffer = spawn('tshark', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  try {
    let told = '';
    sniffer.stderr.setEncoding('utf8').on('data', (text: string) => (told += text));
    while (!told.includes('Capturing on')) {
      if (sniffer.exitCode !== null) throw new Error(`tshark ended: ${told}`);
      await sleep(50);
    }
    await sleep(500);
    await flash(beaconPort);
    const evidence = await measureTrial(
      {
        cell: { ...USUAL_CELL, transport, clients: count, rateHz: RATE_HZ },
        settings: {
          ...USUAL_SETTINGS,
          warmupMs: 'auto',
          durationMs: 10_000,
          pin: isPinned({ pin: 'auto', serverWorkers: 1 }, pinMachine()),
          shared: true,
          seed: 1,
        },
        block: 0,
        order: 0,
        attempt: 1,
        port,
      },
      () => undefined,
      new AbortController().signal,
    );
    await flash(beaconPort);
    sniffer.kill('SIGINT');
    await once(sniffer, 'exit');
    const trial = composeTrial(evidence);
    const { firstSeq, lastSeq } = trial.phases;
    const wireUs = wireLatencies(file, beaconPort, firstSeq, lastSeq).toSorted((a, b) => a - b);
    return (['p50', 'p90', 'p99'] as const).map((key) => {
      const wire = wireUs[Math.ceil((Number(key.slice(1)) / 100) * wireUs.length) - 1]!;
      const seen = trial.latencyUs[key];
      const allowed = Math.max(TOLERANCE_US, TOLERANCE_SHARE * wire);
      const load = trial.witnesses?.loadLatencyUs?.[key] ?? Number.NaN;
      const ms = [wire, seen, load, seen - wire].map((us) => (us / 1000).toFixed(2));
      return [transport, String(count), key, ...ms, Math.abs(seen - wire) <= allowed ? 'yes' : 'NO'];
    });
  } finally {
    beacon.close();
    sniffer.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  }
}

/** Packets that say on the monotonic clock when they were sent, so that the capture's clock can be set to it. */
async function flash(port: number): Promise<void> {
  const socket = createSocket('udp4');
  for (let beacon = 0; beacon < BEACONS / 2; beacon++) {
    socket.send(Buffer.from(`at ${nowUs()}`), port, '127.0.0.1');
    await sleep(2);
  }
  socket.close();
}

/** How long after it was due each tick of the window was sent to each client, in microseconds. */
function wireLatencies(file: string, beaconPort: number, firstSeq: number, lastSeq: number): number[] {
  const fields = ['frame.time_epoch', 'udp.dstport', 'udp.payload', 'tcp.payload'].flatMap((name) => ['-e', name]);
  // Else what is chunked would be put together again, and told with the last packet of it.
  const off = ['http', 'websocket'].flatMap((protocol) => ['--disable-protocol', protocol]);
  const plain = ['-o', 'tcp.desegment_tcp_streams:false', ...off];
  const rows = execFileSync('tshark', ['-r', file, '-n', ...plain, '-T', 'fields', ...fields], {
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
    .split('\n')
    .filter((row) => row !== '')
    .map((row) => row.split('\t'));
  const textOf = (hex: string | undefined) => Buffer.from((hex ?? '').replaceAll(':', ''), 'hex').toString('latin1');
  const epochUs = (epoch: string | undefined) => {
    const [seconds = '0', fraction = ''] = (epoch ?? '').split('.');
    return Number(seconds) * 1e6 + Number(fraction.padEnd(9, '0')) / 1000;
  };
  // A beacon is captured a little after it read the clock, by its system call; the quickest tells best.
  const offsetUs = Math.min(
    ...rows
      .filter(([, to]) => to === String(beaconPort))
      .map(([epoch, , payload]) => epochUs(epoch) - Number(textOf(payload).slice('at '.length))),
  );
  return rows.flatMap(([epoch, , , payload]) =>
    [...textOf(payload).matchAll(/pb1_(\d+)_(\d+)_/g)].flatMap(([, seq, due]) =>
      Number(seq) < firstSeq || Number(seq) > lastSeq ? [] : [epochUs(epoch) - offsetUs - Number(due)],
    ),
  );
}
