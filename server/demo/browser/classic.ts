import { Capped } from '../model/capped.ts';
import type { LogEntry } from '../model/channel.ts';
import { cappedView, logItem } from './capped-view.ts';
import { html } from '../../page/html.ts';
import { byId, setText } from './dom.ts';
import { sourceState } from './links/link.ts';

const MAX_MESSAGES = 30;
const MAX_LOG = 50;

/** The example of the tutorials, as they write it, but for its list, which is capped. Returns what renders it. */
export function startClassic(): () => void {
  const messages = new Capped<string>(MAX_MESSAGES);
  const log = new Capped<LogEntry>(MAX_LOG);
  let source: EventSource | undefined;
  let isClosedForHiding = false;

  const note = (of: EventSource, what: string) =>
    log.add({ at: new Date(), text: `${what} · readyState ${stateText(of)}` });
  const open = () => {
    source?.close();
    const own = (source = new EventSource('/sse'));
    note(own, 'new EventSource("/sse")');
    own.addEventListener('open', () => note(own, 'open'));
    own.addEventListener('message', ({ data }: MessageEvent<string>) => {
      note(own, 'message');
      const { message } = JSON.parse(data) as { message: string };
      messages.add(message);
    });
    own.addEventListener('error', () => note(own, 'error'));
  };
  const close = (why: string) => {
    if (!source) return;
    source.close();
    note(source, why);
  };
  /** All tabs of a browser share six connections to an origin: a tab that nobody sees gives its one back. */
  const followVisibility = () => {
    if (document.hidden && source?.readyState !== 2) {
      isClosedForHiding = true;
      close('tab hidden: closed, other tabs may need the connection');
    } else if (!document.hidden && isClosedForHiding) {
      isClosedForHiding = false;
      open();
    }
  };

  if ('EventSource' in window) {
    byId('classic-open').addEventListener('click', open);
    byId('classic-close').addEventListener('click', () => close('source.close()'));
    document.addEventListener('visibilitychange', followVisibility);
    open();
  } else {
    byId('classic-unavailable').hidden = false;
    for (const id of ['classic-open', 'classic-close']) byId(id, HTMLButtonElement).disabled = true;
  }
  const renderMessages = cappedView(byId('classic-messages'), messages, (message) => html`<li>${message}</li>`);
  const renderLog = cappedView(byId('classic-log'), log, logItem);
  return () => {
    renderMessages();
    renderLog();
    if (source) setText(byId('classic-state'), stateText(source));
  };
}

function stateText(source: EventSource): string {
  const { code, name } = sourceState(source);
  return `${code} ${name}`;
}
