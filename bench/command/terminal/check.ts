import { visible } from '../../basics/shown.ts';
import { formatFigure, plural } from '../../basics/amounts.ts';
import type { CheckedTarget, CheckedTransport } from '../../trial/target-check.ts';
import { definitions, hang, wrap, type Paint } from './style.ts';

/** A server, what was on the wire of each of its transports, and one sentence on each. */
export function checkedLines(
  { name, title, found, fault, transports }: CheckedTarget,
  width: number,
  paint: Paint,
): string[] {
  const facts = [title, found].filter((fact) => fact !== null).map((fact) => visible(fact));
  return [
    paint('bold', [visible(name), ...(facts.length > 0 ? [facts.join(', ')] : [])].join(': ')),
    ...transports.flatMap((one) => ['', ...transportLines(one, width, paint)]),
    ...(fault === null ? [] : ['', ...verdict(name, fault.says, width, (text) => paint('red', text))]),
    '',
  ];
}

function transportLines(one: CheckedTransport, width: number, paint: Paint): string[] {
  const { entrant, path, fault, note } = one;
  const rows = rowsOf(one);
  const nameWidth = Math.max(0, ...rows.map(([name]) => name.length));
  return [
    paint('bold', `${visible(entrant)}  GET ${path}`),
    ...definitions(rows, width, nameWidth),
    ...(fault !== null
      ? verdict(entrant, fault.says, width, (text) => paint('red', text))
      : note !== null
        ? verdict(entrant, `fine, but ${note}`, width, (text) => paint('yellow', text))
        : verdict(entrant, 'fine', width, (text) => paint('green', text))),
  ];
}

function verdict(name: string, says: string, width: number, colour: (text: string) => string): string[] {
  // What a server said may have lines of its own.
  const [first = '', ...others] = says.split('\n');
  return [...hang(wrap(`${visible(name)}: ${first}`, width - 2), '  '), ...others.map((line) => `  ${line}`)].map(
    colour,
  );
}

function rowsOf({ answer, handshake, first, tick, clients, counts, lateMs }: CheckedTransport): [string, string][] {
  return [
    ...(answer ?? []).map((line, at): [string, string] => [at === 0 ? 'answer' : '', visible(line)]),
    ...(handshake === null ? [] : [['opening', openingWords(handshake)] satisfies [string, string]]),
    ...(first === null ? [] : [['first', first] satisfies [string, string]]),
    ...(tick === null ? [] : [['tick', tickWords(tick)] satisfies [string, string]]),
    ...(counts === null ? [] : [['ticks', countWords(counts, clients)] satisfies [string, string]]),
    ...(lateMs === null ? [] : [['late', lateWords(lateMs)] satisfies [string, string]]),
  ];
}

function openingWords({ steps, waitsFor }: NonNullable<CheckedTransport['handshake']>): string {
  const words = steps.map((step) =>
    'send' in step ? `sends '${visible(step.send)}'` : `expects '${visible(step.expect)}'`,
  );
  return `${words.join(', ')}${waitsFor === null ? '; all came' : `; '${visible(waitsFor)}' did not come`}`;
}

function tickWords({ offset, messageBytes, before, after }: NonNullable<CheckedTransport['tick']>): string {
  if (before === '' && after === '') return 'is the whole message';
  return `at byte ${offset} of ${messageBytes}, between '${before}' and '${after}'`;
}

function countWords(
  { ticks, perClient, missing, duplicate, corrupt, outOfOrder }: NonNullable<CheckedTransport['counts']>,
  clients: number,
): string {
  const got =
    new Set(perClient).size === 1
      ? `${perClient[0]} to each of ${clients} clients`
      : `${perClient.join(', ')} to the clients`;
  return `of ${plural(ticks, 'tick')} ${got}; ${missing} missing, ${duplicate} duplicate, ${corrupt} corrupt, ${outOfOrder} out of order`;
}

function lateWords({ first, last, most }: NonNullable<CheckedTransport['lateMs']>): string {
  return `first client ${formatFigure(first)} ms, last client ${formatFigure(last)} ms (medians of the ticks); at most ${formatFigure(most)} ms`;
}
