// What stands against how a target says that its clients ask: what its schema cannot tell.
import { asksAtInterval, TRAITS } from '../../server/transports/traits.ts';
import { AFTER } from '../agent/routes.ts';
import { filled, variablesIn } from '../basics/placeholders.ts';
import { quote } from '../basics/shown.ts';
import { offeredBy } from '../result/entrant.ts';
import type { Door, Target } from '../result/target.ts';

/** Fields that are written for every request, or would change what it is. */
const OWN_FIELDS = /^(host|connection|upgrade|content-length|transfer-encoding|accept-encoding|sec-websocket-.*)$/i;
const FIELD_NAME = /^[!#$%&'*+.^_`|~0-9a-z-]+$/i;
const FIELD_VALUE = /^[\t\x20-\x7e]*$/;
const REQUEST_PATH = /^[\x21-\x7e]*$/;

/**
 * The mistakes in what a target says of its transports, each in a sentence.
 *
 * @param pollLatest the command line says that polls are answered with the newest tick only
 */
export function doorMistakes(target: Target, pollLatest: boolean, env: NodeJS.ProcessEnv = process.env): string[] {
  const unset = variablesIn([target.transports, target.publish]).filter((name) => env[name] === undefined);
  if (unset.length > 0) {
    const names = unset.map((name) => `{env:${name}}`).join(', ');
    return [`target ${quote(target.name)}: ${names}: no such variable in the environment; set it, or leave it out`];
  }
  return offeredBy(target).flatMap((id) => {
    const door: Door = target.transports[id]!;
    const problems = [...fieldProblems(door, env), ...cursorProblems(door, id, pollLatest)];
    if (!REQUEST_PATH.test(filled(door.path, 0, env)))
      problems.push('path: with what the environment has for it, it has spaces');
    return problems.map((problem) => `target ${quote(target.name)}: ${id}: ${problem}`);
  });
}

function fieldProblems({ headers = {}, echo = {} }: Door, env: NodeJS.ProcessEnv): string[] {
  const names = [...Object.keys(headers), ...Object.values(echo)];
  return [
    ...names.filter((name) => !FIELD_NAME.test(name)).map((name) => `header ${quote(name)}: is no name of one`),
    ...names.filter((name) => OWN_FIELDS.test(name)).map((name) => `header ${quote(name)}: is not for a target to say`),
    ...Object.entries(headers)
      .filter(([, value]) => !FIELD_VALUE.test(filled(value, 0, env)))
      .map(([name]) => `header ${quote(name)}: its value must be of printable ASCII, in one line`),
  ];
}

/** Without a cursor a poll cannot be answered with what a client has not had yet. */
function cursorProblems(
  { path, headers = {}, echo, latest }: Door,
  id: keyof typeof TRAITS,
  pollLatest: boolean,
): string[] {
  const hasCursor = path.includes(AFTER);
  if (hasCursor && TRAITS[id].asks === 'never') return ['{after}: is for polls; leave it out'];
  const knowsClients = [path, ...Object.values(headers)].some((text) => text.includes('{client}'));
  if (!asksAtInterval(id) || hasCursor || echo || knowsClients || latest || pollLatest) return [];
  return [
    `${path} does not say what the client has already: put {after} into the path (the newest number received), or {client} where the server keeps a queue for each; where it answers with the newest tick alone, add --poll-latest, or "latest": true to its file`,
  ];
}
