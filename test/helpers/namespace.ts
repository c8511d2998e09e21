import { spawnSync } from 'node:child_process';

type Kind = 'net' | 'mount';

/** The command that makes new namespaces, runs shell lines in them, and then what follows in place of the shell. */
export function inNamespace(kinds: readonly Kind[], ...lines: string[]): string[] {
  return ['unshare', ...kinds.map((kind) => `--${kind}`), 'sh', '-ec', [...lines, 'exec "$@"'].join('\n'), 'sh'];
}

/**
 * Why that cannot be done here, for a test's `skip`; false where it can. Namespaces take root, or a system that lets every
 * user make them.
 */
export function withoutNamespace(kinds: readonly Kind[], ...lines: string[]): string | false {
  const [command, ...args] = [...inNamespace(kinds, ...lines), 'true'];
  const { status } = spawnSync(command, args, { stdio: 'ignore' });
  return status === 0 ? false : `this machine does not let us: unshare ${kinds.join(', ')}; ${lines.join('; ')}`;
}
