import { formatBytes, formatSeconds } from '../../model/format.ts';
import { SequenceLedger } from '../../model/sequence.ts';
import type { Counters, LabReader, WireCount } from '../../protocol.ts';
import { byId, setText } from '../dom.ts';
import type { ServerLink } from '../server-link.ts';
import { plural } from '../../../page/words.ts';

/** Until then the server has cut any reader that does not read, unless the system takes all that the lab sends. */
const LIMIT_MS = 30_000;

/** How long the other stream is watched after the cut. */
const AFTER_MS = 2000;

type Run = ReturnType<typeof open>;

/**
 * Lab 3: two streams of the same server; one is read, the other is not.
 *
 * @param refresh asks for the server's counters more often while this runs
 */
export function slowConsumer(host: string, server: ServerLink, refresh: () => void) {
  const start = byId('slow-start', HTMLButtonElement);
  const result = byId('slow-result');
  let run: Run | undefined;

  const render = ({ lab }: Counters): void => {
    if (!run) return;
    setText(byId('slow-keen-text'), `${plural(run.ledger.delivered, 'tick')}, ${run.ledger.lost} lost`);
    if (run.isOver) return;
    const { keen, lazy } = lab.readers;
    showQueue('keen', keen, lab.sendBufferBytes);
    if (lab.slowConsumersCut > run.cutsBefore) return end(run, true);
    showQueue('lazy', lazy, lab.sendBufferBytes);
    run.lazySentBytes = (lazy?.sentBytes ?? 0) - (lazy?.queuedBytes ?? 0);
    if (performance.now() - run.startedMs > LIMIT_MS) end(run, false);
  };

  const begin = async (): Promise<void> => {
    if (!('EventSource' in window)) return setText(result, 'Not available in this browser: it has no EventSource.');
    start.disabled = true;
    try {
      const counters = await server.counters();
      if (counters === null || !(await server.loadLab('big'))) throw new Error('not loaded');
      run = open(host, counters.lab.slowConsumersCut);
    } catch {
      start.disabled = false;
      return setText(result, 'The server does not answer.');
    }
    byId('slow-figures').hidden = false;
    setText(result, 'Both streams are open. Nothing reads the second one.');
    return refresh();
  };

  const end = (run: Run, isCut: boolean): void => {
    run.isOver = true;
    start.disabled = false;
    setText(
      result,
      isCut
        ? `Cut by the server after ${formatSeconds((performance.now() - run.startedMs) * 1000)}: browser and system took ` +
            `${formatBytes(run.lazySentBytes)} unread, then the queue passed its bound. The other stream has lost ${plural(run.ledger.lost, 'tick')}.`
        : 'Not cut within 30 s: this browser or system takes all that the lab sends.',
    );
    if (isCut) setText(byId('slow-lazy-queue'), 'cut');
    setTimeout(() => {
      run.keen.close();
      run.lazy.abort();
      void server.loadLab('small');
    }, AFTER_MS);
  };
  start.addEventListener('click', () => void begin());
  return { render, isRunning: () => run !== undefined && !run.isOver };
}

function open(host: string, cutsBefore: number) {
  const ledger = new SequenceLedger();
  const keen = new EventSource(urlOf(host, 'keen'));
  keen.addEventListener('message', ({ lastEventId }) => ledger.note(Number(lastEventId), false));
  const lazy = new AbortController();
  // A body that nobody reads: first the browser stops taking bytes, then the system, then the server's queue grows.
  void fetch(urlOf(host, 'lazy'), { signal: lazy.signal }).catch(() => undefined);
  return { startedMs: performance.now(), cutsBefore, keen, ledger, lazy, lazySentBytes: 0, isOver: false };
}

function urlOf(host: string, reader: LabReader): string {
  return `http://${host}/feed/sse?as=${reader}`;
}

function showQueue(reader: LabReader, count: WireCount | undefined, boundBytes: number): void {
  const queuedBytes = count?.queuedBytes ?? 0;
  byId(`slow-${reader}`, HTMLMeterElement).value = Math.min(1, queuedBytes / boundBytes);
  setText(byId(`slow-${reader}-queue`), `${formatBytes(queuedBytes)} of ${formatBytes(boundBytes)}`);
}
