// From what --via names to proxies: those that come with pushbench, in two manners each, and configurations of one's own.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { PushbenchError } from '../basics/errors.ts';
import { firstLine, quote } from '../basics/shown.ts';
import { NO_PROXY } from '../result/entrant.ts';
import { PROXY_PROGRAMS, type Proxy, type ProxyProgram } from '../result/proxy.ts';
import { PROGRAMS } from './programs.ts';

/** `stock`: as most have it who have said nothing about push; `tuned`: with the lines that push needs. */
const MANNERS = ['stock', 'tuned'] as const;

/** What may be written: `none`, `nginx` (tuned), `nginx:stock`, `nginx:./my.conf`, or a path that has the program's name in it. */
const ALLOWED_VIA = `${NO_PROXY}, ${PROXY_PROGRAMS.map((program) => `${program}:stock, ${program}:tuned`).join(', ')}, or a configuration of your own: nginx:./my.conf`;

/**
 * The proxy that a word of --via names; null for `none`.
 *
 * @param cwd what paths are relative to
 * @throws Error, a sentence, where it names none, or its file cannot be read
 */
export function findProxy(word: string, cwd: string): Proxy | null {
  if (word === NO_PROXY) return null;
  const [first, rest] = split(word);
  const program = PROXY_PROGRAMS.find((known) => known === first);
  if (program === undefined) throw new Error(`${quote(word)} is none that is known; allowed: ${ALLOWED_VIA}`);
  const manner = rest ?? 'tuned';
  if (isManner(manner)) {
    const { configName } = PROGRAMS[program];
    const suffix = configName.includes('.') ? configName.slice(configName.lastIndexOf('.') + 1) : configName;
    const file = new URL(`configs/${program}.${manner}.${suffix}`, import.meta.url);
    return { name: `${program}:${manner}`, program, config: readFileSync(file, 'utf8') };
  }
  const path = resolve(cwd, manner);
  if (!existsSync(path)) throw new Error(`${quote(word)}: there is no file ${quote(manner)}; allowed: ${ALLOWED_VIA}`);
  const config = readFileSync(path, 'utf8');
  for (const needed of ['listen', 'upstream']) {
    if (!new RegExp(`\\{${needed}(_port)?\\}`).test(config)) {
      throw new Error(
        `${quote(word)}: has no {${needed}} in it; write {listen} where it says host:port of its own, {upstream} where it says those of the server`,
      );
    }
  }
  return { name: `${program}:${nameOf(path)}`, program, config };
}

function split(word: string): [program: string, rest?: string] {
  const colon = word.indexOf(':');
  if (colon >= 0) return [word.slice(0, colon), word.slice(colon + 1)];
  // A path says by its name what it is for.
  const named = /[./]/.test(word) && PROXY_PROGRAMS.find((program) => basename(word).toLowerCase().includes(program));
  return named ? [named, word] : [word];
}

function isManner(text: string): text is (typeof MANNERS)[number] {
  return MANNERS.some((manner) => manner === text);
}

function nameOf(path: string): string {
  return (
    basename(path)
      .replace(/\.[^.]*$/, '')
      .toLowerCase()
      .replaceAll(/[^a-z0-9._-]/g, '-')
      .replace(/^[^a-z0-9]+/, '') || 'own'
  );
}

const VERSION_TIMEOUT_MS = 10_000;

/**
 * Makes sure that each is there, and asks it for its version.
 *
 * @throws PushbenchError (resource) `PROXY_MISSING` with how to install it
 */
export function requireProxies(proxies: readonly Proxy[]): Proxy[] {
  const versions = new Map<ProxyProgram, string>();
  return proxies.map((proxy) => {
    const found = versions.get(proxy.program) ?? versionOf(proxy);
    versions.set(proxy.program, found);
    return { ...proxy, found };
  });
}

function versionOf({ name, program }: Proxy): string {
  const { version, title, install } = PROGRAMS[program];
  const [command, ...args] = version;
  const { error, stdout, stderr } = spawnSync(command!, args, { encoding: 'utf8', timeout: VERSION_TIMEOUT_MS });
  if (error) {
    throw new PushbenchError(
      'resource',
      'PROXY_MISSING',
      `--via ${name}: ${title} cannot be started (${error.message}). Install it: ${install}`,
    );
  }
  return firstLine(`${stdout}${stderr}`) ?? '';
}
