import { ownCommit, ownVersion } from '../machine/environment.ts';
import type { RunInfo } from '../result/schema.ts';

/**
 * What a run or a search that begins now tells of itself.
 *
 * @returns what it is while it lasts, and what it is once it has ended
 */
export function beginRun({ id, label, command }: Pick<RunInfo, 'id' | 'label' | 'command'>): {
  readonly begun: RunInfo;
  readonly ended: (status: RunInfo['status']) => RunInfo;
} {
  const startedAt = new Date();
  const startedMs = performance.now();
  const begun: RunInfo = {
    id,
    label,
    command,
    version: ownVersion(),
    commit: ownCommit(),
    startedAt: startedAt.toISOString(),
    finishedAt: null,
    status: 'interrupted',
  };
  const ended = (status: RunInfo['status']) => {
    // The clock on the wall may have been set meanwhile: what lies between the two times must be what it took.
    const finishedAt = new Date(startedAt.getTime() + performance.now() - startedMs).toISOString();
    return { ...begun, status, finishedAt };
  };
  return { begun, ended };
}
