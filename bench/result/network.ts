// What a network does to a packet, as people write it: `40ms±10ms/1%/10mbit`. Runs in a browser too: no import of Node.
import { formatSetting, type Parsed } from '../basics/amounts.ts';

/** What happens to each packet, on its way to the server and on its way back alike. */
export type Network = {
  /** How long it takes, one way. */
  readonly delayMs: number;
  /** It takes up to so much less or more, each time anew. Packets do not overtake each other. */
  readonly jitterMs: number;
  /** The share of packets that never arrives. */
  readonly loss: number;
  /** Null: as fast as the machine is. */
  readonly bitsPerSecond: number | null;
};

/** The word for loopback as it is. */
export const NO_NETWORK = 'none';

const NUMBER = String.raw`(\d+(?:\.\d+)?)`;
const DELAY = new RegExp(`^${NUMBER}(ms|s)(?:(?:±|\\+-)${NUMBER}(ms|s))?$`);
const LOSS = new RegExp(`^${NUMBER}%$`);
const BANDWIDTH = new RegExp(`^${NUMBER}(kbit|mbit|gbit)$`);
const BITS = { kbit: 1e3, mbit: 1e6, gbit: 1e9 } as const;

export const MAX_DELAY_MS = 1000;
const MAX_LOSS = 0.5;
export const MIN_BITS_PER_SECOND = 1e5;
export const MAX_BITS_PER_SECOND = 1e10;

/** What is allowed, in words. */
export const NETWORK_ALLOWED =
  'none, or a delay up to 1s each way with what else is wanted of 40ms±10ms/1%/10mbit: jitter (± or +-), loss up to 50%, 100kbit to 10gbit';

/** Reads `40ms`, `40ms/1%`, `40ms+-10ms/1%/10mbit`: the delay first, then loss and bandwidth in this order, where they are wanted. */
export function parseNetwork(text: string): Parsed<Network> {
  const [first = '', ...rest] = text.split('/');
  const delay = DELAY.exec(first);
  if (!delay) return { problem: 'does not begin with a delay such as 40ms or 40ms±10ms' };
  const [, amount, unit, spread, spreadUnit] = delay;
  const delayMs = milliseconds(amount!, unit!);
  const jitterMs = spread === undefined ? 0 : milliseconds(spread, spreadUnit!);
  if (delayMs > MAX_DELAY_MS) return { problem: 'has a delay above 1s' };
  if (jitterMs > delayMs) return { problem: 'has more jitter than delay' };
  const [lossPart, bandwidthPart, ...more] = rest[0] !== undefined && LOSS.test(rest[0]) ? rest : [undefined, ...rest];
  const bandwidth = bandwidthPart === undefined ? null : BANDWIDTH.exec(bandwidthPart);
  if ((bandwidthPart !== undefined && bandwidth === null) || more.length > 0) {
    return { problem: 'has a part that is neither a loss such as 1% nor, behind it, a bandwidth such as 10mbit' };
  }
  const loss = lossPart === undefined ? 0 : tidy(Number(LOSS.exec(lossPart)![1]) / 100);
  if (loss > MAX_LOSS) return { problem: 'loses more than 50%' };
  const bitsPerSecond = bandwidth ? tidy(Number(bandwidth[1]) * BITS[bandwidth[2] as keyof typeof BITS]) : null;
  if (bitsPerSecond !== null && (bitsPerSecond < MIN_BITS_PER_SECOND || bitsPerSecond > MAX_BITS_PER_SECOND)) {
    return { problem: 'has a bandwidth that is not 100kbit to 10gbit' };
  }
  return { value: { delayMs, jitterMs, loss, bitsPerSecond } };
}

function milliseconds(amount: string, unit: string): number {
  return tidy(Number(amount) * (unit === 's' ? 1000 : 1));
}

/** Without the error of binary fractions: a hundredth of 14.8 is 0.148. */
function tidy(value: number): number {
  return Number(value.toPrecision(12));
}

/** As {@link parseNetwork} reads it back, each network in one way only: cells go by this text. */
export function formatNetwork({ delayMs, jitterMs, loss, bitsPerSecond }: Network): string {
  const parts = [`${delayMs}ms${jitterMs > 0 ? `±${jitterMs}ms` : ''}`];
  if (loss > 0) parts.push(`${tidy(loss * 100)}%`);
  if (bitsPerSecond !== null) {
    const unit = (['gbit', 'mbit', 'kbit'] as const).find((name) => bitsPerSecond >= BITS[name])!;
    parts.push(`${tidy(bitsPerSecond / BITS[unit])}${unit}`);
  }
  return parts.join('/');
}

/** The network of a cell. Of a text that this version cannot read, as in a result from elsewhere, nothing is known. */
export function networkOf({ network }: { network?: string | null }): Network | null {
  if (!network) return null;
  const parsed = parseNetwork(network);
  return 'value' in parsed ? parsed.value : null;
}

const WORDS = { gbit: 'Gbit/s', mbit: 'Mbit/s', kbit: 'kbit/s' } as const;

/** As labels have it: `40 ms ± 10 ms each way, 1 % lost, 10 Mbit/s`; a text that cannot be read stands as it is. */
export function networkWords(text: string): string {
  const network = networkOf({ network: text });
  if (!network) return text;
  const { delayMs, jitterMs, loss, bitsPerSecond } = network;
  const parts = [
    `${formatSetting(delayMs)} ms${jitterMs > 0 ? ` ± ${formatSetting(jitterMs)} ms` : ''} each way`,
    ...(loss > 0 ? [`${formatSetting(loss * 100)} % lost`] : []),
  ];
  if (bitsPerSecond !== null) {
    const unit = (['gbit', 'mbit', 'kbit'] as const).find((name) => bitsPerSecond >= BITS[name])!;
    parts.push(`${formatSetting(bitsPerSecond / BITS[unit])} ${WORDS[unit]}`);
  }
  return parts.join(', ');
}
