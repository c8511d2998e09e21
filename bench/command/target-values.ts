// The values of flags that say where a server runs already, and how ticks come to it.
import { quote, visible } from '../basics/shown.ts';
import type { Target } from '../result/target.ts';
import type { Value } from './flag-kinds.ts';

/** Scheme, host and port of a server, without a path. */
export function serverUrl(): Value<string> {
  return {
    allowed: 'http://HOST:PORT',
    parse: (given) => {
      const [, scheme, rest = ''] = /^(?:([a-z][a-z+.-]*):\/\/)?(.*)$/is.exec(given) ?? [];
      if (scheme === undefined) return { problem: `has no scheme; write ${quote(`http://${rest}`)}` };
      const problem = SCHEME_PROBLEMS[scheme.toLowerCase()];
      if (problem !== undefined) return { problem };
      if (scheme.toLowerCase() !== 'http' || !URL.canParse(given)) return { problem: 'is no address of a server' };
      const { host, username, pathname, search, hash } = new URL(given);
      if (username !== '') return { problem: 'has a login in it, which pushbench does not send' };
      if (pathname !== '/' || search !== '' || hash !== '') {
        return {
          problem: 'has a path; give those of clients by --sse, --ws and --stream, and that of ticks by --publish',
        };
      }
      return { value: `http://${host}` };
    },
  };
}

const NO_TLS = 'is encrypted, and TLS is not measured yet: name a port on which the server takes http';
const SCHEME_PROBLEMS: Readonly<Record<string, string>> = {
  https: NO_TLS,
  wss: NO_TLS,
  ws: 'is a WebSocket; write http:// and host and port, and give its path by --ws',
};

const MAX_BODY = 4000;

/** Method and path of what takes a tick, and the body around it; or a word. */
export function publishing(): Value<Target['publish']> {
  return {
    allowed:
      "a method and a path, as 'POST /publish', and a body with {tick} in it where the tick alone is not enough; self; stdin",
    parse: (given) => {
      if (given === 'self' || given === 'stdin') return { value: given };
      const [, method = '', path = '', body] = /^(\S+)(?:\s+(\S+)(?:\s+(.+))?)?$/s.exec(given.trim()) ?? [];
      if (method.startsWith('/')) return { problem: `names no method; write ${quote(`POST ${given}`)}` };
      if (!/^[A-Za-z]+$/.test(method) || path === '')
        return { problem: 'is neither a method with a path nor one of the words' };
      if (/^\w+:\/\//.test(path)) return { problem: 'has an address; give the path alone, at the server itself' };
      if (!/^\/[\x21-\x7e]*$/.test(path)) return { problem: `${quote(path)} is no path: it begins with /` };
      if (body !== undefined && !body.includes('{tick}')) return { problem: 'has a body without {tick}' };
      if (given.length > MAX_BODY || visible(given) !== given) {
        return {
          problem: `is longer than ${MAX_BODY} characters, or has control characters; a target file may have them`,
        };
      }
      const headers = { 'content-type': 'application/json' };
      return {
        value: { http: { method: method.toUpperCase(), path, headers, ...(body === undefined ? {} : { body }) } },
      };
    },
  };
}
