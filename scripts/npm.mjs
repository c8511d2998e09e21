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
