import { formatSeconds } from '../../model/format.ts';
import type { LinkState } from '../../model/channel.ts';
import type { Counters } from '../../protocol.ts';
import { byId, setText } from '../dom.ts';
import { plural } from '../../../page/words.ts';
import { socketState, sourceState } from '../links/link.ts';

const COUNT = 8;

type Kind = 'EventSource' | 'WebSocket';

type Slot = { readonly state: () => LinkState; readonly close: () => void };

/** A request to the same origin, sent when its connections are taken already. */
type Request = { readonly sentMs: number; answeredMs: number | null; readonly stop: AbortController };

const OPEN: Readonly<Record<Kind, (host: string) => Slot>> = {
  EventSource: (host) => {
    const source = new EventSource(`http://${host}/feed/sse`);
    return { state: () => sourceState(source), close: () => source.close() };
  },
  WebSocket: (host) => {
    const socket = new WebSocket(`ws://${host}/feed/websocket`);
    return { state: () => socketState(socket), close: () => socket.close(1000) };
  },
};

/** Lab 1: how many connections this browser opens to one origin, and what becomes of the others. Returns what renders it. */
export function sixConnections(host: string): (counters: Counters) => void {
  let kind: Kind = 'EventSource';
  let slots: Slot[] = [];
  let request: Request | undefined;
  let timer: number | undefined;

  const ask = async () => {
    const own: Request = (request = { sentMs: performance.now(), answeredMs: null, stop: new AbortController() });
    try {
      await fetch(`http://${host}/feed/polling`, { signal: own.stop.signal, cache: 'no-store' });
      own.answeredMs = performance.now();
    } catch {
      // Stopped by the reader; the request is no longer shown.
    }
  };
  const closeAll = () => {
    clearTimeout(timer);
    for (const slot of slots.splice(0)) slot.close();
    request?.stop.abort();
    request = undefined;
    setText(byId('six-result'), '');
  };
  const start = (wanted: Kind) => {
    closeAll();
    if (!(wanted in window)) return setText(byId('six-result'), `Not available in this browser: it has no ${wanted}.`);
    kind = wanted;
    slots = Array.from({ length: COUNT }, () => OPEN[wanted](host));
    // Once those that can be open are: this request finds no connection left.
    timer = setTimeout(() => void ask(), 1000);
  };
  const closeOne = () => {
    const index = slots.findIndex((slot) => slot.state().code === 1);
    for (const slot of index < 0 ? [] : slots.splice(index, 1)) slot.close();
  };
  byId('six-sources').addEventListener('click', () => start('EventSource'));
  byId('six-sockets').addEventListener('click', () => start('WebSocket'));
  byId('six-close-one').addEventListener('click', closeOne);
  byId('six-close-all').addEventListener('click', closeAll);

  return ({ lab }) => {
    const states = slots.map((slot) => slot.state());
    const openCount = states.filter(({ code }) => code === 1).length;
    const waiting = states.filter(({ code }) => code === 0).length;
    showSlots(kind, states);
    byId('six-close-one', HTMLButtonElement).disabled = openCount === 0;
    byId('six-close-all', HTMLButtonElement).disabled = slots.length === 0;
    setText(byId('six-fetch'), requestText(request, slots.length > 0));
    if (slots.length === 0) return;
    const waits = waiting > 0 ? ` ${waiting} wait at readyState 0, and no error event says so.` : '';
    setText(
      byId('six-result'),
      `Measured here: ${openCount} of ${plural(slots.length, kind)} open.${waits} The server has ${plural(lab.connections, 'connection')}.`,
    );
  };
}

function showSlots(kind: Kind, states: readonly LinkState[]): void {
  const list = byId('six-slots');
  while (list.childElementCount > states.length) list.lastElementChild!.remove();
  for (const [index, { code, name }] of states.entries()) {
    if (!list.children[index]) list.insertAdjacentHTML('beforeend', '<li><b></b><span></span></li>');
    const item = list.children[index]!;
    item.className = code === 1 ? 'open valid' : code === 0 ? 'waiting caution' : 'closed';
    setText(item.firstElementChild!, `${kind} ${index + 1}`);
    setText(item.lastElementChild!, `${code} ${name}`);
  }
}

function requestText(request: Request | undefined, isOpen: boolean): string {
  if (!request) return isOpen ? 'A fetch() to the same origin follows in a second …' : '';
  const { sentMs, answeredMs } = request;
  if (answeredMs !== null)
    return `fetch() to the same origin: answered after ${formatSeconds((answeredMs - sentMs) * 1000)}.`;
  const waitedMs = performance.now() - sentMs;
  return waitedMs < 300
    ? ''
    : `fetch() to the same origin: no answer for ${formatSeconds(waitedMs * 1000)}, and no error.`;
}
