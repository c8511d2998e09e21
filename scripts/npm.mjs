/**
 * The command that installs what the lock file names, with the npm that runs this script, since it may be another than the
 * path's; else, as under yarn, pnpm and bun, which name themselves in `npm_execpath` and read other lock files, with the one on the
 * path. Depends on nothing, as setup.mjs, and stands apart from it, since that installs as soon as it is loaded.
 *
 * @param {Record<string, string | undefined>} env
 * @param {string} node the Node that runs this script
 * @returns {[command: string, args: string[]]}
 */
export function installCommand(env, node) {
  // Errors only: the machine's own Node may be older than the one that the dependencies ask for and that npm installs here.
  // A --dry-run that was meant for pushbench, and that npm hands on to the npm below it, would install nothing.
  const args = ['ci', '--loglevel=error', '--no-audit', '--no-fund', '--dry-run=false'];
  const isNpm = env.npm_config_user_agent?.startsWith('npm/') ?? false;
  return isNpm && env.npm_execpath ? [node, [env.npm_execpath, ...args]] : ['npm', args];
}

/**
 * Why the runner cannot run the script that follows; null where it can. npm, pnpm and bun find the locked Node first; yarn 1 puts the
 * one that it runs on itself before it, and that one must be able to run TypeScript.
 *
 * @param {Record<string, string | undefined>} env
 * @param {string} version of the Node that runs this script
 * @returns {string | null}
 */
export function runnerProblem(env, version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const runsTypeScript = major > 22 || (major === 22 && minor >= 18);
  if (runsTypeScript || !env.npm_config_user_agent?.startsWith('yarn/')) return null;
  const script = env.npm_lifecycle_event?.replace(/^pre/, '') ?? 'bench';
  return `yarn runs scripts on its own Node, and ${version} cannot run TypeScript: take 'npm run ${script}', or a Node from 22.18 on.`;
}
