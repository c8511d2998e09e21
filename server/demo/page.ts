// What the live page holds before its script fills it.
import { definitions, html, type Content, type Markup } from '../page/html.ts';
import { mark, shapeOf } from '../page/marks.ts';
import { TRAITS, TRANSPORT_IDS, type TransportId } from '../transports/traits.ts';
import { clockEvent, STREAM_HEAD } from './classic.ts';
import { QUESTIONS } from './model/chooser.ts';
import type { OutageMode } from './protocol.ts';

const select = (id: string, label: string, options: Readonly<Record<number, string>>) =>
  html`<label
    >${label}
    <select id="${id}">
      ${Object.entries(options).map(([value, text]) => html`<option value="${value}">${text}</option>`)}
    </select>
  </label>`;

const tableHead = (columns: readonly string[]) =>
  html`<thead>
    <tr>
      ${columns.map((column) => html`<th scope="col">${column}</th>`)}
    </tr>
  </thead>`;

const TUTORIAL = `if (window.EventSource) {
  const source = new EventSource('/sse');
  source.addEventListener('open', () =>
    log('open', source.readyState));
  source.addEventListener('message', ({ data }) => {
    log('message', source.readyState);
    const item = document.createElement('li');
    item.textContent = JSON.parse(data).message;
    list.prepend(item);
  });
  source.addEventListener('error', () =>
    log('error', source.readyState));
}`;

const ANSWER = [
  ...Object.entries(STREAM_HEAD).map(([name, value]) => `${name}: ${value}`),
  '',
  clockEvent(new Date(2000, 0, 1, 10, 15, 3)).trimEnd(),
  '',
].join('\n');

/** A restart of the cards' server: what is asked for, and what became of it. */
function outage(mode: OutageMode, heading: Content, away: string, seconds: readonly number[], more: Content): Markup {
  const [down, what] = mode === 'refused' ? ['server away', 'restart'] : ['server answers 503', 'restart behind a 503'];
  return html`<div class="panel lab" id="restart-${mode}">
    ${heading}
    <div class="actions">
      <span>${away} for</span>
      ${seconds.map((count) => html`<button type="button" data-seconds="${count}">${count} s</button> `)}
    </div>
    <p class="result status" role="status"></p>
    ${more}
    <figure hidden>
      <div
        class="timeline"
        role="img"
        aria-label="Timeline of the gaps; the table below holds the same in figures"
      ></div>
      <p class="key">
        <span class="key-down">${down}</span><span class="key-up">connected</span
        ><span class="key-gap">without news</span><span class="key-attempt">attempt</span>
      </p>
      <div class="scroll" tabindex="0" role="group" aria-label="What the ${what} did">
        <table>
          ${tableHead(['transport', 'without news', 'attempts', 'replayed', 'lost'])}
          <tbody></tbody>
        </table>
      </div>
    </figure>
  </div>`;
}

/** What the server holds for a reader of the third lab. */
function queue(reader: 'keen' | 'lazy', label: string, more: Content): Markup {
  return html`<div>
    <dt>${label}</dt>
    <dd>
      <meter
        id="slow-${reader}"
        low="0.5"
        high="0.75"
        optimum="0"
        aria-label="Queued at the server for the stream that is ${label.toLowerCase()}"
      ></meter
      ><span id="slow-${reader}-queue">–</span>
    </dd>
    ${more}
  </div>`;
}

const TRADE_OFF_COLUMNS =
  'transport | direction | an update is late by | cost of an update | reconnects | resumes | data | in the way | browsers';

const TRADE_OFFS: Readonly<Record<TransportId, string>> = {
  polling:
    'client asks | half the interval, on average | its share of a request | nothing to lose | your cursor | any | nothing | all',
  'long-polling':
    'client asks | the way, and the next request | a whole request | your code | your cursor | any | timeouts of proxies | all',
  sse: 'server to client | the way | about 20 bytes beside it | the browser | Last-Event-ID | text | proxies that buffer; six connections over HTTP/1.1 | all current ones; never Internet Explorer',
  websocket:
    'both ways | the way | 2 to 10 bytes beside it | your code | your cursor | text and binary | proxies that know only HTTP; no CORS, so check Origin | all current ones; Internet Explorer from 10 on',
  stream:
    'server to client | the way | 6 bytes beside it | your code | your cursor | text | proxies that buffer; six connections over HTTP/1.1 | all current ones, by fetch',
};

const CARD_FIGURES = [
  ['p50', 'latency p50', '–'],
  ['p99', 'latency p99', '–'],
  ['last', 'newest tick', '–'],
  ['lost', 'ticks lost', '0'],
  ['skipped', 'ticks skipped', '0'],
  ['payload', 'payload received', '–'],
  ['wire', 'on the wire, both ways', '–'],
  ['overhead', 'beside the payload, a tick', '–'],
  ['reconnects', 'reconnects', '0'],
] as const;

/** A transport's card; the page's script fills it. */
function card(id: TransportId): Markup {
  const { label, shape } = TRAITS[id].look;
  return html`<article class="card ${id}" data-transport="${id}" aria-labelledby="${id}-title">
    <div class="row">
      <h3 id="${id}-title">${mark(shapeOf(shape), id)}${label}</h3>
      <span class="state"><span class="said">readyState </span><span data-figure="state">–</span></span>
    </div>
    <p class="unavailable" hidden></p>
    <p class="lead"><span data-figure="age">–</span> <small>age of information now</small></p>
    <svg class="spark" width="100%" height="92" role="img" aria-label="Latency" preserveAspectRatio="none"></svg>
    <dl class="pairs">
      ${definitions(CARD_FIGURES.map(([figure, name, value]) => [name, value, html` data-figure="${figure}"`]))}
    </dl>
    <div class="actions">
      <button type="button" data-action="pause" data-figure="pause">Pause</button>
      <button type="button" data-action="reconnect">Reconnect</button>
      <button type="button" data-action="cut">Cut my connection</button>
    </div>
    <div class="log" role="log" tabindex="0" aria-label="Events of ${label}"><ol></ol></div>
    <details>
      <summary>Last ten latencies</summary>
      <table>
        ${tableHead(['tick', 'latency'])}
        <tbody></tbody>
      </table>
    </details>
  </article>`;
}

const NAVIGATION = {
  transports: 'Four transports',
  classic: 'EventSource, step by step',
  six: 'Lab 1: six connections',
  restart: 'Lab 2: restart',
  trouble: 'Lab 3: 503 and slow readers',
  choose: 'Lab 4: which one for me',
} as const;

/** The live page below its head. */
export function livePage(): Markup {
  return html`<a class="skip" href="#main">Skip to the transports</a>
    <header>
      <div class="title">
        <div>
          <p class="brand">pushbench live</p>
          <h1>See it happen</h1>
        </div>
        <p class="standing">
          <span class="badge caution">DEMONSTRATION</span>
          <span>One client in one browser, not a benchmark. For figures: <code>npm run bench</code></span>
        </p>
      </div>
      <dl class="facts">
        ${definitions([
          ['Feed of this page', '–', html` id="fact-feed"`],
          ['Server’s lateness (sent − due)', '–', html` id="fact-lateness"`],
          ['Offset to the server’s clock', 'comparing …', html` id="fact-clock"`],
          ['This page’s own server', html`<code id="fact-server">–</code>`],
        ])}
      </dl>
      <noscript
        ><p class="notice">
          This page is a client: it needs JavaScript. Without it: <code>curl -N /sse</code>.
        </p></noscript
      >
      <p class="notice" id="gone" role="alert" hidden>
        The server does not answer, or has forgotten this page. Is <code>npm start</code> still running? Then reload.
      </p>
    </header>
    <nav aria-label="Sections">
      <ul>
        ${Object.entries(NAVIGATION).map(([id, name]) => html`<li><a href="#${id}">${name}</a></li>`)}
      </ul>
    </nav>
    <main id="main">
      <section id="transports" aria-labelledby="transports-title">
        <h2 id="transports-title">One feed, four transports</h2>
        <p class="glance">
          Every tick is due at a mark of the top line, and stands below where it reached this page. Polling brings
          several at once, late; the others bring each when it is due.
        </p>
        <div class="toolbar" role="group" aria-label="The feed, and how it is polled">
          ${select('rate', 'Rate', { 1: '1 tick/s', 2: '2 ticks/s', 5: '5 ticks/s', 10: '10 ticks/s', 20: '20 ticks/s', 50: '50 ticks/s' })}
          ${select('payload', 'Payload', { 64: '64 B', 128: '128 B', 1024: '1 KiB', 4096: '4 KiB', 16384: '16 KiB' })}
          ${select('poll-interval', 'Poll every', { 100: '100 ms', 250: '250 ms', 500: '500 ms', 1000: '1 s', 2000: '2 s', 5000: '5 s' })}
          <label class="check"><input type="checkbox" id="newest-only" /> poll the newest tick only</label>
          <button type="button" id="pause-all">Pause or resume all</button>
        </div>
        <figure class="strip">
          <canvas
            id="lanes"
            role="img"
            aria-label="The last seconds: when ticks were due, and for each transport when they reached this page. The cards below hold the same in figures."
          ></canvas>
          <figcaption>
            The last seconds, now at the right. Ticks that came with one read stand on each other: polling builds
            towers.
          </figcaption>
        </figure>
        <div class="cards" id="cards" hidden>${TRANSPORT_IDS.map(card)}</div>
        <p class="fine">
          <a href="/?with=stream">The same with a fifth</a>: lines of JSON over one <code>fetch</code>, as answers of
          language models come.
        </p>
        <p class="fine">
          Latency is the time from when a tick was due until this page’s handler ran, mapped to the server’s clock with
          the error above; what is below that error is written “&lt;”, and shaded in the charts. It is the handler’s
          time, not the packet’s. Time in which the page was hidden or paused does not count. Bytes on the wire are
          counted at the server’s sockets, both ways, without TCP and IP headers. Each open page has a server of its
          own, so that pages do not disturb each other.
        </p>
      </section>

      <section id="classic" aria-labelledby="classic-title">
        <h2 id="classic-title">EventSource, step by step</h2>
        <p>
          What every tutorial on Server-Sent Events builds. Follow along: <code>curl -N</code> this page’s address with
          <code>/sse</code> shows the same stream in a terminal.
        </p>
        <div class="pair">
          <div class="panel">
            <h3>The page</h3>
            <pre tabindex="0"><code>${TUTORIAL}</code></pre>
            <h3>The answer</h3>
            <pre tabindex="0"><code>${ANSWER}</code></pre>
          </div>
          <div class="panel">
            <div class="row">
              <h3>Live</h3>
              <span class="state" id="classic-state">not started</span>
              <span class="actions">
                <button type="button" id="classic-open">Open</button>
                <button type="button" id="classic-close">Close</button>
              </span>
            </div>
            <p class="unavailable" id="classic-unavailable" hidden>
              Not available in this browser: it has no EventSource.
            </p>
            <h4>Messages</h4>
            <ul class="log" id="classic-messages" tabindex="0" aria-label="Messages, newest first"></ul>
            <h4>Log</h4>
            <div class="log" role="log" aria-label="Events of the EventSource" tabindex="0">
              <ol id="classic-log"></ol>
            </div>
          </div>
        </div>
      </section>

      <section id="six" aria-labelledby="six-title">
        <h2 id="six-title">Lab 1: six connections</h2>
        <p>
          Over HTTP/1.1 a browser opens six connections to one origin, all its tabs together. A stream keeps its
          connection, so the seventh waits, and so does everything else: no error, no timeout. WebSockets are counted
          apart. HTTP/2 has no such limit.
        </p>
        <div class="panel lab">
          <div class="actions">
            <button type="button" id="six-sources">Open eight EventSources</button>
            <button type="button" id="six-close-one" disabled>Close one</button>
            <button type="button" id="six-sockets">Open eight WebSockets</button>
            <button type="button" id="six-close-all" disabled>Close all</button>
          </div>
          <ul class="slots" id="six-slots" aria-label="Connections"></ul>
          <p class="result" id="six-result" role="status"></p>
          <p class="result" id="six-fetch"></p>
        </div>
      </section>

      <section id="restart" aria-labelledby="restart-title">
        <h2 id="restart-title">Lab 2: restart</h2>
        <p>
          The server of the four cards is stopped, and starts again on the same port. The feed goes on meanwhile, as a
          database would. An EventSource comes back by itself, after the <code>retry</code> time that the server sent,
          with <code>Last-Event-ID</code>; the others come back by code of ours: backoff with jitter, and a cursor.
          Other open pages do not notice.
        </p>
        ${outage('refused', null, 'Away', [2, 5, 10], null)}
      </section>

      <section id="trouble" aria-labelledby="trouble-title">
        <h2 id="trouble-title">Lab 3: 503 and slow readers</h2>
        ${outage(
          'unavailable',
          html`<h3>503 during a restart</h3>
            <p class="quiet">
              The same restart, but a load balancer answers 503 in the server’s place. An EventSource takes any answer
              but 200 for final.
            </p>`,
          'Behind a 503',
          [2, 5],
          html`<div class="notice" id="unavailable-offer" role="alert" hidden>
            <span id="unavailable-text"></span>
            <button type="button" id="unavailable-reconnect">Reconnect the EventSource</button>
          </div>`,
        )}
        <div class="panel lab">
          <h3>A reader that does not read</h3>
          <p class="quiet">
            Two streams of a bigger feed: 40 ticks/s of 64 KiB. This page reads one of them and not the other. What
            nobody takes queues up, in the browser, in the system, at last in the server, which cuts whoever lets it
            pass the bound.
          </p>
          <div class="actions"><button type="button" id="slow-start">Open both streams</button></div>
          <p class="result" id="slow-result" role="status"></p>
          <dl class="queues" id="slow-figures" hidden>
            ${queue('keen', 'Read', html`<dd class="quiet" id="slow-keen-text"></dd>`)}
            ${queue('lazy', 'Not read', null)}
          </dl>
        </div>
      </section>

      <section id="choose" aria-labelledby="choose-title">
        <h2 id="choose-title">Lab 4: which one for me</h2>
        <div class="pair">
          <form class="panel" id="chooser">
            ${Object.entries(QUESTIONS).map(
              ([name, { legend, answers }]) =>
                html`<fieldset>
                  <legend>${legend}</legend>
                  ${Object.entries(answers).map(
                    ([value, answer], place) =>
                      html`<label
                        ><input type="radio" name="${name}" value="${value}" ${place === 0 ? html`checked` : null} />
                        ${answer}</label
                      >`,
                  )}
                </fieldset>`,
            )}
          </form>
          <div class="panel advice" role="status">
            <p class="brand">Begin with</p>
            <p class="lead" id="advice-name"></p>
            <ul id="advice-reasons"></ul>
            <p><strong>Beware.</strong> <span id="advice-beware"></span></p>
            <p class="quiet">
              A rule of thumb. Then measure: <code>npm run bench</code>.
              <a id="report-link" href="/report">The last report</a>
            </p>
          </div>
        </div>
        <div class="scroll" tabindex="0" role="group" aria-label="Trade-offs">
          <table class="trade-offs">
            <caption>
              Trade-offs
            </caption>
            ${tableHead(TRADE_OFF_COLUMNS.split(' | '))}
            <tbody>
              ${TRANSPORT_IDS.map(
                (id) =>
                  html`<tr>
                    <th scope="row">${TRAITS[id].look.label}</th>
                    ${TRADE_OFFS[id].split(' | ').map((cell) => html`<td>${cell === 'Last-Event-ID' ? html`<code>${cell}</code>` : cell}</td>`)}
                  </tr>`,
              )}
            </tbody>
          </table>
        </div>
      </section>
    </main>
    <footer>Served by pushbench on this machine. Nothing on this page is fetched from anywhere else.</footer>`;
}
