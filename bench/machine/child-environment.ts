/** What Node itself is told in server and agents. */
export const CHILD_EXEC_ARGV: readonly string[] = ['--expose-gc'];

/** Of proxies, whatever the case of the letters: clients that go through one measure it, or do not even come to the server. */
const PROXY_VARIABLES: ReadonlySet<string> = new Set([
  'NODE_USE_ENV_PROXY',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'ALL_PROXY',
  'NO_PROXY',
]);

/** The environment of server and agents: the caller's without what would lead the measured connections through a proxy. */
export function childEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.fromEntries(Object.entries(env).filter(([name]) => !PROXY_VARIABLES.has(name.toUpperCase())));
  const { NODE_OPTIONS, ...others } = kept;
  // Node takes underscores for dashes here, too.
  const options = NODE_OPTIONS?.replaceAll(/(?<=^|\s)--use[-_]env[-_]proxy(?=\s|$)/g, '').trim();
  return options ? { ...others, NODE_OPTIONS: options } : others;
}
