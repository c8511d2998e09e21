// Programs that are none of the run's, and what they take of the CPU.
import { setTimeout as sleep } from 'node:timers/promises';
import { sampleHost, type HostSample } from './host.ts';
import { listProcesses, othersBetween, type MachineProcess } from './processes.ts';

/** What they took, and the largest of them that the system names. */
export type OtherPrograms = {
  /** Of the time of all cores that may be used. */
  share: number;
  programs: { name: string; cores: number }[];
};

/** Largest programs that are told by name. */
const MOST_PROGRAMS = 3;

/** Who takes less than a hundredth of a core is not worth a name. */
const LEAST_CORES = 0.01;

/**
 * Of what the cores worked between two samples the part that was none of the run's.
 *
 * @param ownUs CPU time of all processes of the run but this one
 * @param programs of others in about the same time
 * @returns null where the system does not tell
 */
export function otherPrograms(
  start: HostSample,
  end: HostSample,
  ownUs: number,
  programs: readonly MachineProcess[],
): OtherPrograms | null {
  if (start.busyUs === null || end.busyUs === null) return null;
  const lengthUs = end.atUs - start.atUs;
  const othersUs = end.busyUs - start.busyUs - (end.ownUs - start.ownUs) - ownUs;
  return {
    share: Math.max(0, othersUs) / (lengthUs * end.allowedCores),
    programs: programs
      .map(({ name, cpuUs }) => ({ name, cores: cpuUs / lengthUs }))
      .filter(({ cores }) => cores >= LEAST_CORES)
      .slice(0, MOST_PROGRAMS),
  };
}

/** What they take now, while nothing is measured. */
export async function lookAtOthers(lengthMs: number): Promise<OtherPrograms | null> {
  const [start, before] = [sampleHost(), listProcesses()];
  await sleep(lengthMs);
  const end = sampleHost();
  return otherPrograms(start, end, 0, othersBetween(before, listProcesses(), new Set([process.pid])));
}
