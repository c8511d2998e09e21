// The chooser's answer in sentences, and each way of delivery: its figures, what speaks against it, and how they came about.
import { placeParts } from '../figures/load.ts';
import type { PageData } from '../page-data.ts';
import { longestPollIntervalMs, type Place } from './evidence.ts';
import { requestCostUs, type Choice, type Needs, type Option } from './choose.ts';
import { enumerate, formatNumber, formatSetting, humanise, spellDuration } from '../../bench/basics/amounts.ts';

/** `1.06 s` of milliseconds. */
export const timeText = (ms: number) => humanise('us', ms * 1000);

/** Of all clients together. */
export const memoryText = (bytes: number) => `${formatNumber(bytes / 1024 ** 2)} MiB`;

/** `0.11 cores`. */
export const coresText = (cores: number) => `${formatNumber(cores)} cores`;

/** `1,000 clients, 10 ticks/s, 128 B`. */
const placeText = (place: Place) =>
  placeParts(place)
    .map(([, text]) => text)
    .join(', ');

/** What is wrong with an option; empty where nothing is. */
export function objectionsText({ objections, ...option }: Option, data: PageData, needs: Needs): string {
  return objections
    .map((objection) => {
      if (objection.kind === 'blocked') return 'may not get through';
      if (objection.kind === 'stale') return `over the budget${shorterPolls(option, needs)}`;
      if (objection.kind === 'loses') return `delivered only ${humanise('ratio', objection.coverage)} of the ticks`;
      return `needs ${coresText(option.cores)}; the server of this run has ${formatSetting(data.serverWorkers)}`;
    })
    .join('; ');
}

function shorterPolls({ row, designMs, ageMs }: Omit<Option, 'objections'>, { rateHz, budgetMs }: Needs): string {
  if (row.pollIntervalMs === null) return '';
  const longest = longestPollIntervalMs(1000 / rateHz, ageMs - designMs, budgetMs);
  return longest === null ? '' : `; by design an interval of ${timeText(longest)} would meet it`;
}

/** How the figures came about. */
export function basisText({ basis }: Option): string {
  if (basis.kind === 'measured') return 'Measured at exactly this load.';
  if (basis.kind === 'interpolated')
    return `Not measured at this load: interpolated between ${enumerate(basis.between.map(placeText))}.`;
  return `Not measured at this load: extrapolated from ${placeText(basis.from)}, the nearest that was. Delays are taken to grow with the number of clients, CPU with the deliveries and with the polls; what a server does beyond its limits is not in this.`;
}

type Chosen = Extract<Choice, { readonly kind: 'choice' }>;

const UPSTREAM_WORDS: Readonly<Record<Needs['upstream'], string>> = {
  none: 'only the server speaks',
  rarely: 'each client sends about a message a minute',
  often: 'each client sends about a message a second',
};

/** The needs in one line. */
export function needsText(needs: Needs): string {
  const way = needs.requestsOnly ? 'only plain requests surely get through' : 'streams get through';
  return `${placeText(needs)}, at most ${spellDuration(needs.budgetMs)} stale (p99), ${UPSTREAM_WORDS[needs.upstream]}, ${way}:`;
}

const GROUNDS: Readonly<Record<Chosen['ground'], (choice: Chosen, name: string, next: Option) => string>> = {
  only: (_, name) => `${name} is the only one measured here that meets this.`,
  cpu: ({ pick }, name, next) =>
    `Of those that meet this, ${name} takes the least server CPU: ${coresText(pick.cores)}, against ${coresText(next.cores)} with ${next.row.label}.`,
  memory: ({ pick }, name, next) =>
    `Server CPU does not tell ${name} from ${next.row.label}; all clients together take ${memoryText(pick.memoryBytes)} of the server’s memory with ${name}, ${memoryText(next.memoryBytes)} with ${next.row.label}.`,
  'both-ways': (_, name) =>
    `Clients speak, and this run has no figure for what their requests would cost beside another transport; ${name} carries both ways on one connection.`,
  simplest: ({ pick, alike }, name) =>
    `This run tells no difference that would matter between ${name} and ${enumerate(alike.map(({ row }) => row.label))}: none in server CPU, and less than 64 MiB of memory for all clients together. ${REASONS[pick.row.transport] ?? ''}`.trim(),
};

function groundText(choice: Chosen): string {
  const { pick, ground, options } = choice;
  // The next one that meets the needs; with `only` there is none, and nothing is said of it.
  const next = options.find((option) => option !== pick && option.objections.length === 0) ?? pick;
  return GROUNDS[ground](choice, pick.row.label, next);
}

/** By design, not by measurement. */
const REASONS: Readonly<Record<string, string>> = {
  sse: 'By design SSE is the simpler one where only the server speaks: browsers reconnect by themselves and say where they left off.',
  websocket: 'By design WebSocket carries what clients send on the same connection.',
  polling: 'By design polling is the simpler one: plain requests, nothing held open.',
};

function ageText({ pick: { row, ageMs, ageHighMs, designMs } }: Chosen, { budgetMs }: Needs): string {
  const edge =
    ageHighMs > budgetMs
      ? ` The interval of the measurement reaches ${timeText(ageHighMs)}, which is over the budget: measure longer before you rely on it.`
      : '';
  return `Over ${row.label}, p99 of the age is ${timeText(ageMs)}: ${timeText(designMs)} by design at this tick rate, ${timeText(ageMs - designMs)} on top of it.${edge}`;
}

type Usual = { readonly id: string; readonly rule: string };

function usualRule({ requestsOnly, upstream }: Needs): Usual {
  if (requestsOnly) return { id: 'long-polling', rule: 'long polling where nothing else gets through' };
  return upstream === 'none'
    ? { id: 'sse', rule: 'SSE where only the server speaks' }
    : { id: 'websocket', rule: 'WebSocket where clients speak, too' };
}

/** Whether this run bears out what people say. */
function folklore(choice: Chosen, data: PageData, needs: Needs): string {
  const { id, rule } = usualRule(needs);
  const usual = choice.options.find(({ row }) => row.transport === id);
  if (usual === undefined) return '';
  if (choice.pick.row.transport === id) return `The usual rule, ${rule}, says the same.`;
  const { pick } = choice;
  const name = usual.row.label;
  if (usual.objections.length > 0)
    return `The usual rule says ${rule}; this run speaks against it: ${objectionsText(usual, data, needs)}.`;
  if (choice.ground === 'memory')
    return `The usual rule says ${rule}; this run speaks against it: ${name} holds ${formatNumber(usual.memoryBytes / pick.memoryBytes)} times the memory.`;
  return `The usual rule says ${rule}; this run speaks against it: ${name} takes ${formatNumber(usual.cores / pick.cores)} times the CPU.`;
}

function upstreamText(choice: Chosen, data: PageData, needs: Needs): string {
  if (needs.upstream === 'none') return '';
  const us = requestCostUs(data, needs);
  if (us === null || choice.options.every(({ upstreamCores }) => upstreamCores === 0)) return '';
  return `Beside anything but WebSocket a client’s message is a request of its own, counted at ${humanise('us', us)} of server CPU: what long polling takes for a delivery beyond a stream. Frames that come in over WebSocket were not measured and count as free.`;
}

/** The answer in a few words, and the sentences that give its reasons. */
export function answerText(
  choice: Choice,
  data: PageData,
  needs: Needs,
): { headline: string; sentences: readonly string[] } {
  if (choice.kind === 'no-evidence') {
    const sentence = 'No valid trial of this run has the figures that an answer would rest on.';
    return { headline: 'No answer', sentences: [sentence] };
  }
  if (choice.kind === 'too-far') {
    const sentence = `The nearest load that it measured, ${placeText(choice.from)}, is ${formatNumber(choice.factor)} times away; beyond 10 times an answer would be a guess.`;
    return { headline: 'No answer from this run', sentences: [sentence] };
  }
  if (choice.kind === 'none')
    return { headline: 'None of those measured', sentences: [noneText(choice.options, needs)] };
  const sentences = [
    groundText(choice),
    ageText(choice, needs),
    upstreamText(choice, data, needs),
    folklore(choice, data, needs),
    choice.unjudged ? 'The run has no verdict on some of these: the order is that of medians.' : '',
  ];
  const others = choice.alike.map(({ row }) => row.label);
  const headline = `${choice.pick.row.label}${others.length > 0 ? `; ${enumerate(others)} would do as well` : ''}`;
  return { headline, sentences: sentences.filter((sentence) => sentence !== '') };
}

function noneText(options: readonly Option[], { budgetMs, rateHz }: Needs): string {
  const least = Math.min(...options.map(({ designMs }) => designMs));
  if (least > budgetMs)
    return `At ${formatSetting(rateHz)} ticks/s the newest tick is ${timeText(least)} old by design (p99) over the best of them, whatever a server does: only a faster feed meets a budget of ${spellDuration(budgetMs)}.`;
  return 'Each of them fails in something; the table says in what.';
}

/** The command that measures what was asked. */
export function measureCommand(data: PageData, needs: Needs): string {
  const focus = data.loads.find(({ key }) => key === data.focus);
  const intervals = [...new Set(focus?.rows.flatMap((row) => row.pollIntervalMs ?? []))];
  return [
    'npm run bench --',
    `--clients ${needs.clients} --rate ${needs.rateHz} --payload ${needs.payloadBytes}`,
    ...(intervals.length > 0 ? [`--poll-interval ${intervals.map((ms) => `${ms}ms`).join(',')}`] : []),
    ...(focus?.driver === 'library' ? ['--driver library'] : []),
    ...(focus?.fanOut === 'idiomatic' ? ['--fan-out idiomatic'] : []),
    ...(data.serverWorkers > 1 ? [`--server-workers ${data.serverWorkers}`] : []),
  ].join(' ');
}
