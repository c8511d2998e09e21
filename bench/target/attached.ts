// A server that ran before anybody measured it: whose it is to meter, and whether it is still the same. Nothing here ends it.
import { nowUs } from '../../server/clock.ts';
import type { AttachedSample, ForeignUse } from '../../server/control.ts';
import { readText } from '../basics/read-text.ts';
import { visible } from '../basics/shown.ts';
import { findControlGroup, processesOf, sampleControlGroup } from '../machine/cgroup-meter.ts';
import { listenersAt } from '../machine/listening.ts';
import { TreeMeter, treeOf } from '../machine/process-tree.ts';
import { listProcesses, readProcess } from '../machine/processes.ts';
import { addressOf, type Attach } from '../result/target.ts';
import { isOpen } from '../machine/is-open.ts';

/** What is metered of an attached server, from sample to sample. */
export type AttachedMeter = { sample(): { process: ForeignUse; attached: AttachedSample } };

/** How long it may take to be connected to: nobody waits for a start. */
const CONNECT_TIMEOUT_MS = 2000;

/**
 * Makes sure that the server is there, and that what is to be metered is.
 *
 * @throws Error, a sentence: nothing listens there, there is no such process or control group, or it holds this run as well
 */
export async function attachTo(attach: Attach): Promise<AttachedMeter> {
  const { host, port } = addressOf(attach);
  if (!(await isOpen(host, port, CONNECT_TIMEOUT_MS))) {
    throw new Error(`nothing listens at ${attach.url}: start the server, or name where it runs`);
  }
  return meterOf(attach);
}

/**
 * Who listens there, where that is not what is metered: a sentence without its end, or null.
 *
 * @param metered the processes that are
 */
export function listenerNote({ url, ...meter }: Attach, metered: readonly number[]): string | null {
  const { host, port } = addressOf({ url });
  if (!host.startsWith('127.') && host !== '::1') return null;
  const processes = listProcesses();
  const [pid, ...others] = listenersAt(host, port, processes);
  if (pid === undefined || [pid, ...others].some((each) => metered.includes(each))) return null;
  const who = `at ${url} listens process ${pid} (${visible(processes.get(pid)!.name)})`;
  return Object.keys(meter).length === 0
    ? `${who}: --pid ${pid} would meter it`
    : `${who}, which is not among the processes that are metered: are these the ones?`;
}

const NOTHING: Omit<ForeignUse, 'atUs'> = { cpuUserUs: null, cpuSystemUs: null, rssBytes: null, cpuStepUs: null };

function meterOf(attach: Attach): AttachedMeter {
  if (attach.cgroup !== undefined) return groupMeter(attach.cgroup);
  if (attach.pid !== undefined) return processMeter('pid', String(attach.pid), () => attach.pid!);
  const { pidFile } = attach;
  if (pidFile !== undefined)
    return processMeter('pid-file', pidFile, () => Number(readText(pidFile)?.trim() ?? Number.NaN));
  return {
    sample: () => ({ process: { atUs: nowUs(), ...NOTHING }, attached: { meter: null, process: null, pids: [] } }),
  };
}

/** @param pidOf asked again with each sample: a server that is started anew writes another number into its file */
function processMeter(meter: 'pid' | 'pid-file', name: string, pidOf: () => number): AttachedMeter {
  const pid = pidOf();
  if (!Number.isInteger(pid) || readProcess(pid) === null) {
    throw new Error(
      meter === 'pid'
        ? `there is no process ${name}: give the one that the server has now, as 'ss -ltnp' shows it`
        : `${name} holds no number of a process that runs: is it the file that the server writes?`,
    );
  }
  refuseOwn(treeOf(pid), `process ${pid}`);
  const tree = new TreeMeter(pid);
  const watch = watchOf(() => lifeOf(pidOf()));
  return {
    sample: () => {
      const state = watch();
      // What another has used is not this one's, and what nobody has used is not nothing.
      const use = state === 'same' ? tree.sample() : { atUs: nowUs(), ...NOTHING };
      return { process: use, attached: { meter, process: state, pids: treeOf(pid) } };
    },
  };
}

function groupMeter(path: string): AttachedMeter {
  const group = findControlGroup(path);
  if (!group) {
    throw new Error(
      `there is no control group ${path} that tells of its CPU: give its folder, or its path as /proc/PID/cgroup has it`,
    );
  }
  refuseOwn(processesOf(group), `control group ${path}`);
  // Whoever has been in it longest is whom the others were started by.
  const watch = watchOf(() => {
    const lives = processesOf(group).map((pid) => ({ pid, since: readProcess(pid)?.startedTicks ?? Infinity }));
    const [first] = lives.toSorted((a, b) => a.since - b.since || a.pid - b.pid);
    return first === undefined ? null : lifeOf(first.pid);
  });
  return {
    sample: () => ({
      process: sampleControlGroup(group),
      attached: { meter: 'cgroup', process: watch(), pids: processesOf(group) },
    }),
  };
}

/** A process by its number and its start, which no other has; null where there is none. */
function lifeOf(pid: number): string | null {
  const stat = readProcess(pid);
  return stat === null ? null : `${pid} since ${stat.startedTicks}`;
}

/** Returns the function that tells whether a life is still the one of now. */
function watchOf(life: () => string | null): () => NonNullable<AttachedSample['process']> {
  const first = life();
  let isOther = false;
  return () => {
    const now = life();
    isOther ||= now !== null && now !== first;
    return isOther ? 'restarted' : now === null ? 'gone' : 'same';
  };
}

/** The load would be counted as the server's. */
function refuseOwn(pids: readonly number[], what: string): void {
  if (!pids.includes(process.pid)) return;
  throw new Error(`${what} holds this run as well as the server: name what the server alone runs in`);
}
