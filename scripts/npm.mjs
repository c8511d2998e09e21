/**
 * The command that runs npm: the npm that runs this script, since it may be another than the path's; else, as under yarn, pnpm
 * and bun, which name themselves in `npm_execpath`, the one on the path.
 *
 * @param {Record<string, string | undefined>} env
 * @param {string} node the Node that runs this script
 * @returns {[command: string, ...args: string[]]}
 */
export function npmCommand(env, node) {
  const isNpm = env.npm_config_user_agent?.startsWith('npm/') ?? false;
  return isNpm && env.npm_execpath ? [node, env.npm_execpath] : ['npm'];
}
