// A thread of the wire (main.ts): one reads a device and decides what becomes of each packet, one hands over what is due to the
// other device. Both block, each in its own way, so that neither keeps a core busy while nothing happens.
import { readSync, writeSync } from 'node:fs';
import { workerData } from 'node:worker_threads';
import { nowUs } from '../../../server/clock.ts';
import { randomFrom } from '../../basics/random.ts';
import type { Network } from '../../result/network.ts';
import { createLane, LOST, NO_ROOM } from './lane.ts';
import { LaneCounts } from './lane-counts.ts';
import { Ring } from './ring.ts';

export type LaneThread = {
  role: 'read' | 'write';
  fd: number;
  ring: SharedArrayBuffer;
  counts: SharedArrayBuffer;
  network: Network;
  seed: number;
};

/** Less is not worth sleeping for: waking takes longer. */
const LEAST_PAUSE_MS = 0.02;

const { role, fd, network, seed, ...shared } = workerData as LaneThread;
const ring = new Ring(shared.ring);
const counts = new LaneCounts(shared.counts);
if (role === 'read') readAll();
else writeAll();

function readAll(): never {
  const fate = createLane(network, randomFrom(seed));
  const { data } = ring;
  for (;;) {
    const { offset, length } = ring.room;
    const bytes = readSync(fd, data, offset, length, null);
    // What is not IPv4 is none of ours: the kernel's own words about IPv6.
    if (bytes === 0 || data[offset]! >> 4 !== 4) continue;
    const now = nowUs();
    const atUs = fate(now, bytes);
    if (atUs === LOST) counts.lost(now);
    else if (atUs === NO_ROOM || !ring.put(bytes, atUs)) counts.noRoom(now);
  }
}

function writeAll(): never {
  const { data } = ring;
  for (;;) {
    const dueUs = ring.next();
    const waitMs = (dueUs - nowUs()) / 1000;
    if (waitMs > LEAST_PAUSE_MS) {
      ring.pause(waitMs);
      continue;
    }
    const { offset, length } = ring.span;
    try {
      writeSync(fd, data, offset, length, null);
    } catch {
      // the other end is being taken down
    }
    counts.delivered(dueUs, nowUs());
    ring.take();
  }
}
