import { nowUs } from '../../../server/clock.ts';
import { dueUs, type Schedule } from '../../../server/feed/schedule.ts';
import { type Tick, tickEncoder } from '../../../server/feed/tick.ts';
import { dueOf, findTokenStart, seqAt, TOKEN_START } from '../../../server/feed/token.ts';
import { AgeOfInformation, type AgePart } from './age.ts';
import { encode, type PackedTally, Tally, unpack } from './histogram.ts';
import { Ledger, type LedgerCounts } from './ledger.ts';
import { OwedTicks } from './owed-ticks.ts';
import { SlotMeans, type Slots, type SlotSums } from './slot-means.ts';

/** The measured window: only ticks due in [startUs, endUs) count. */
export type MeasuredWindow = { startUs: number; endUs: number; firstSeq: number; lastSeq: number };

export type RecorderOptions = {
  clients: number;
  schedule: Schedule;
  payloadBytes: number;
  seed: number;
  /** The server is not ours: a message without a tick is none of ours to judge, as a greeting or a ping of its protocol. */
  isForeign?: boolean;
  /**
   * Short polling asks for the newest tick only: what it skips is coalesced, but for what it should have been given. Of a server
   * that is not ours nobody knows what that is, and it may repeat what it has given before.
   */
  latestOnly: boolean;
};

/** What one agent has recorded; {@link mergeRecordings} makes one of many. */
export type Recording = {
  ledger: LedgerCounts;
  /** Messages without a tick, of a server that is not ours; else 0. */
  controlMessages: number;
  /** Of ticks that count as coalesced and may be lost: the margins of {@link OwedTicks}, and how many have each, by turns. */
  owedMarginsUs: number[];
  latencyHdr: string;
  negative: { count: number; minUs: number };
  age: AgePart;
  /** For each measured tick the first and the last receipt by any client of this agent, in microseconds; 0: none. */
  firstReceiptUs: number[];
  lastReceiptUs: number[];
  /** For each measured tick the sum of its delivery latencies in microseconds, and how many there were. */
  latencySumUs: number[];
  receipts: number[];
  seconds: { second: number; hdr: string }[];
};

/** How many encoded ticks are kept for comparison; a power of two well above what is in flight. */
const KNOWN_TICKS = 4096;

/**
 * Where every received tick of an agent's clients ends: checks the bytes, books it in the ledger, records its delivery
 * latency and renews its client's age. Allocates nothing per tick.
 */
export class Recorder {
  /** When the bytes that are being parsed arrived. */
  #receivedUs = 0;
  /** The intact ticks of the read that is being parsed, and whether there was nothing else. */
  readonly #readTicks: Tick[] = [];
  #readCount = 0;
  #isReadSound = true;
  /** Where in a message the token of the last one began. */
  #tokenOffset = 0;
  #controlMessages = 0;
  #answers = 0;
  /** An answer may hold what the one before it held. */
  readonly #mayRepeat: boolean;
  /** Each client's newest sequence number, 0 for none: the cursor that pollers ask with. */
  readonly newest: Float64Array;
  readonly #options: RecorderOptions;
  readonly #encodeTick: (seq: number, dueUs: number) => Tick;
  readonly #known: (Tick | undefined)[] = Array.from({ length: KNOWN_TICKS }, () => undefined);
  readonly #latency = new Tally();
  #second = new Tally();
  #secondAt = Number.NEGATIVE_INFINITY;
  /** The second before, until it is packed: not in a read, whose clients wait for it. */
  #closed = new Tally();
  #closedAt = Number.NEGATIVE_INFINITY;
  readonly #seconds: { second: number; packed: PackedTally }[] = [];
  readonly #negative = { count: 0, minUs: 0 };
  readonly #owed: OwedTicks | null;
  #ledger: Ledger;
  #age: AgeOfInformation;
  #window: MeasuredWindow | undefined;
  #warmUp: SlotMeans | undefined;
  #firstReceiptUs = new Float64Array();
  #lastReceiptUs = new Float64Array();
  #latencySumUs = new Float64Array();
  #receipts = new Float64Array();
  /** What a client held before the window was known, so that its age at the start of the window is. */
  readonly #heldSinceUs: Float64Array;

  constructor(options: RecorderOptions) {
    this.#options = options;
    this.#encodeTick = tickEncoder(options.payloadBytes, options.seed);
    this.newest = new Float64Array(options.clients);
    this.#heldSinceUs = new Float64Array(options.clients);
    const { latestOnly, isForeign = false } = options;
    this.#mayRepeat = latestOnly && isForeign;
    this.#owed = latestOnly && !isForeign ? new OwedTicks(options.schedule, options.clients) : null;
    this.#ledger = new Ledger(this.newest, 1, 0, latestOnly);
    this.#age = new AgeOfInformation(0, 0, 0);
  }

  /** Bytes of a tick's wire form. */
  get payloadBytes(): number {
    return this.#options.payloadBytes;
  }

  /** What was received in the warm-up so far; null where nobody asked for it. */
  get warmUp(): SlotSums | null {
    return this.#warmUp?.sums ?? null;
  }

  /**
   * Tells what to measure. Must come before the window starts; what was received so far is warm-up. A later window takes the
   * place of one that was told before.
   *
   * @param warmUp the slots to keep the course of the latency in until then
   */
  measure(window: MeasuredWindow, warmUp?: Slots): void {
    if (this.#window) this.#postpone(Math.round((window.startUs - this.#window.startUs) / 1e6));
    if (warmUp) this.#warmUp ??= new SlotMeans(warmUp);
    this.#window = window;
    const ticks = Math.max(0, window.lastSeq - window.firstSeq + 1);
    this.#firstReceiptUs = new Float64Array(ticks);
    this.#lastReceiptUs = new Float64Array(ticks);
    this.#latencySumUs = new Float64Array(ticks);
    this.#receipts = new Float64Array(ticks);
    this.#ledger = new Ledger(this.newest, window.firstSeq, window.lastSeq, this.#options.latestOnly);
    this.#age = new AgeOfInformation(this.#options.clients, window.startUs, window.endUs);
    for (let client = 0; client < this.#options.clients; client++) {
      const seq = this.newest[client]!;
      if (seq > 0) this.#age.renew(client, dueUs(this.#options.schedule, seq), this.#heldSinceUs[client]!);
    }
  }

  /** The client's poll for what comes after `cursor` is being sent. */
  asked(client: number, cursor: number): void {
    this.#owed?.asked(client, cursor, nowUs());
  }

  /** The client's poll is answered, and what the answer held was delivered. */
  answered(client: number): void {
    this.#answers++;
    this.#owed?.answered(client, this.newest[client]!, this.#receivedUs, (seq) => this.#ledger.isSkipped(client, seq));
  }

  /** Polls that were answered so far, of all clients. */
  get answers(): number {
    return this.#answers;
  }

  /** Bytes became readable at `atUs`: the time of every tick that is delivered until the next read. */
  beginRead(atUs: number): void {
    this.#receivedUs = atUs;
    this.#readCount = 0; // emptying the array would give its storage away, and each read would allocate it anew
    this.#isReadSound = true;
  }

  /** The ticks of the current read in their order, where each was intact; undefined where one was not. */
  get soundTicks(): readonly Tick[] | undefined {
    return this.#isReadSound ? this.#readTicks.slice(0, this.#readCount) : undefined;
  }

  /** Books the ticks of the message buffer[start, end), received with the current read: as a rule one. */
  deliver(client: number, buffer: Uint8Array, start: number, end: number): void {
    // Where it was in the message before, it is in this one, as a rule.
    let at = start + this.#tokenOffset;
    const seq = at < end ? seqAt(buffer, at, end) : -1;
    if (seq >= 0) {
      this.#deliverTokens(client, buffer, this.#deliverToken(client, seq, buffer, at, end), end);
      return;
    }
    at = this.#deliverTokens(client, buffer, start, end);
    if (at >= 0) this.#tokenOffset = at - start;
    else {
      this.passOver();
      // Our server sends nothing else: it was one.
      if (!this.#options.isForeign) this.#ledger.receiveUnreadable();
    }
  }

  /** Books the ticks that an answer holds, which may be none. */
  deliverAnswer(client: number, buffer: Uint8Array, start: number, end: number): void {
    if (this.#deliverTokens(client, buffer, start, end) < 0) this.#isReadSound = false;
  }

  /** @returns where the first token of buffer[from, end) begins; -1 where there is none */
  #deliverTokens(client: number, buffer: Uint8Array, from: number, end: number): number {
    let first = -1;
    for (let at = findTokenStart(buffer, from, end); at >= 0;) {
      const seq = seqAt(buffer, at, end);
      if (seq >= 0 && first < 0) first = at;
      const next = seq < 0 ? at + TOKEN_START.length : this.#deliverToken(client, seq, buffer, at, end);
      at = findTokenStart(buffer, next, end);
    }
    return first;
  }

  /** @returns where the search for the next token begins */
  #deliverToken(client: number, seq: number, buffer: Uint8Array, start: number, end: number): number {
    const known = seq < 1 ? undefined : this.#knownTick(seq);
    if (known) {
      const { token } = known;
      const tokenEnd = start + token.length;
      if (tokenEnd <= end && token.compare(buffer, start, tokenEnd) === 0) {
        this.#readTicks[this.#readCount++] = known;
        this.deliverIntact(client, known);
        return tokenEnd;
      }
    }
    this.#isReadSound = false;
    if (!this.#isOfBefore(buffer, start, end)) {
      if (!known) this.#ledger.receiveUnreadable();
      else if (!this.#mayRepeat || seq > this.newest[client]!) this.#ledger.receive(client, seq, false);
    }
    return start + TOKEN_START.length;
  }

  /** A server that lives through several trials may greet a client with the last tick of the one before. */
  #isOfBefore(buffer: Uint8Array, start: number, end: number): boolean {
    const { isForeign = false, schedule } = this.#options;
    return isForeign && (dueOf(buffer, start, end) ?? Number.POSITIVE_INFINITY) < schedule.startUs;
  }

  /** A message that is no tick, such as a greeting or a ping of the server's protocol: where one is not ours, it is counted. */
  passOver(): void {
    this.#isReadSound = false;
    if (this.#options.isForeign) this.#controlMessages++;
  }

  /** Books a tick whose bytes are known to be right, received with the current read. */
  deliverIntact(client: number, { seq, dueUs }: Tick): void {
    const receivedUs = this.#receivedUs;
    const renews = seq > this.newest[client]!;
    if (this.#mayRepeat && !renews) return;
    const receipt = this.#ledger.receive(client, seq, true);
    if (renews) {
      if (this.#window) this.#age.renew(client, dueUs, receivedUs);
      else this.#heldSinceUs[client] = receivedUs;
    }
    if (receipt === 'duplicate') return;
    const latencyUs = receivedUs - dueUs;
    this.#recordSecond(receivedUs, latencyUs);
    if (this.#warmUp && receivedUs < this.#window!.startUs) this.#warmUp.record(receivedUs, latencyUs);
    if (receipt === 'delivered') this.#recordLatency(seq, latencyUs, receivedUs);
  }

  /** Every measured tick of the connected clients has arrived. */
  isComplete(connected: number): boolean {
    return this.#ledger.isComplete(connected);
  }

  /** Figures for a progress display: of the newest whole second. */
  live(): { delivered: number; gaps: number; p50Us: number | null; p99Us: number | null } {
    this.#packClosed();
    const { delivered, gaps } = this.#ledger;
    if (this.#second.total === 0) return { delivered, gaps, p50Us: null, p99Us: null };
    return { delivered, gaps, p50Us: this.#second.valueAtPercentile(50), p99Us: this.#second.valueAtPercentile(99) };
  }

  /** @param connected how many of the clients were connected when the window began */
  finish(connected: number): Recording {
    this.#closeSecond(Number.POSITIVE_INFINITY);
    this.#packClosed();
    return {
      ledger: this.#ledger.counts(connected),
      controlMessages: this.#controlMessages,
      owedMarginsUs: [...(this.#owed?.finish() ?? [])],
      latencyHdr: encode(this.#latency.histogram()),
      negative: { ...this.#negative },
      age: this.#age.finish(),
      firstReceiptUs: [...this.#firstReceiptUs],
      lastReceiptUs: [...this.#lastReceiptUs],
      latencySumUs: [...this.#latencySumUs],
      receipts: [...this.#receipts],
      seconds: this.#seconds.map(({ second, packed }) => ({ second, hdr: encode(unpack(packed)) })),
    };
  }

  #recordLatency(seq: number, latencyUs: number, receivedUs: number): void {
    if (latencyUs < 0) {
      // A histogram cannot hold it; the count and the worst are published and judged by a gate, not hidden.
      this.#negative.count++;
      this.#negative.minUs = Math.min(this.#negative.minUs, latencyUs);
      this.#latency.record(0);
    } else {
      this.#latency.record(latencyUs);
    }
    const tick = seq - this.#window!.firstSeq;
    this.#latencySumUs[tick]! += latencyUs;
    this.#receipts[tick]!++;
    const first = this.#firstReceiptUs[tick]!;
    if (first === 0 || receivedUs < first) this.#firstReceiptUs[tick] = receivedUs;
    if (receivedUs > this.#lastReceiptUs[tick]!) this.#lastReceiptUs[tick] = receivedUs;
  }

  /** Time runs forward, so two tallies serve all seconds: one is counted in, the other is packed meanwhile. */
  #recordSecond(receivedUs: number, latencyUs: number): void {
    const origin = this.#window?.startUs;
    const second = origin === undefined ? this.#secondAt : Math.floor((receivedUs - origin) / 1e6);
    if (second !== this.#secondAt) this.#closeSecond(second);
    this.#second.record(latencyUs > 0 ? latencyUs : 0);
  }

  /** Seconds count from the start of the window, which is later than was thought. */
  #postpone(seconds: number): void {
    this.#secondAt -= seconds;
    this.#closedAt -= seconds;
    for (const known of this.#seconds) known.second -= seconds;
  }

  /**
   * Happens in the read of the first tick of a second, so it does next to nothing: whatever takes its time here is in the
   * latency of all deliveries of that tick.
   */
  #closeSecond(next: number): void {
    this.#packClosed(); // packed long before, where there is a progress display
    [this.#second, this.#closed] = [this.#closed, this.#second];
    [this.#secondAt, this.#closedAt] = [next, this.#secondAt];
  }

  /** What came before the window was known belongs to no second. */
  #packClosed(): void {
    if (this.#closed.total === 0) return;
    if (!Number.isFinite(this.#closedAt)) this.#closed.reset();
    else this.#seconds.push({ second: this.#closedAt, packed: this.#closed.take() });
  }

  #knownTick(seq: number): Tick | undefined {
    const slot = seq & (KNOWN_TICKS - 1);
    const known = this.#known[slot];
    if (known?.seq === seq) return known;
    const at = dueUs(this.#options.schedule, seq);
    // A number so far from any that can be due is not a tick of this feed: nothing is kept for it.
    if (!Number.isSafeInteger(at) || at > this.#receivedUs + 3.6e9) return undefined;
    return (this.#known[slot] = this.#encodeTick(seq, at));
  }
}
