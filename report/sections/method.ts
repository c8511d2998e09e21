import { unsaidIn } from '../figures/unsaid.ts';
import type { Section } from './section.ts';
import { definitions, html } from '../../server/page/html.ts';

const TERMS: readonly (readonly [string, string])[] = [
  ['tick', 'one update: a sequence number, the time it was due, and padding to the payload size'],
  ['feed', 'the source of ticks on one drift-free schedule; every transport serves the same one'],
  ['transport', 'how a tick reaches a client: polling, long polling, Server-Sent Events or WebSocket'],
  ['cell', 'one combination of what a run varies: transport, clients, rate, payload, poll interval'],
  ['trial', 'one life of a fresh server process under one cell; the unit of all statistics'],
  ['block', 'one round in which every cell runs once, in random order, so that drift of the machine hits all alike'],
  ['plan', 'the cells, their order and the settings, fixed before the run by flags and seed'],
  ['run', 'all trials of a plan'],
  ['witnesses', 'a part of the clients in a process of their own: latency and age are theirs, all else is of all'],
  ['delivery latency', 'received minus scheduled, so that a stalled server looks as bad as it is'],
  ['age of information', 'at any moment, now minus the scheduled time of the newest tick that the client holds'],
  ['coverage', 'ticks delivered, or skipped by design, out of those that clients were due'],
  [
    'ledger',
    'what became of every tick for every client: delivered, missed, duplicate, out of order, coalesced, corrupt',
  ],
  ['gate', 'a check that a trial must pass before its figures may be relied on'],
  ['verdict', 'a conclusion with its uncertainty; withheld where gates failed or trials are too few'],
];

const MISREADINGS: readonly (readonly [string, string])[] = [
  [
    '“Latency 2 ms, so clients are at most 2 ms behind.”',
    'Latency is about ticks, age about clients. Between two ticks a client’s newest one keeps ageing: with a tick every 100 ms the mean age is 50 ms plus the latency.',
  ],
  [
    '“Polling is slow because the server is slow.”',
    'A poll finds a tick half an interval late on average whatever the server does. That part is the design; only the rest is the server.',
  ],
  [
    '“These milliseconds are what my users will see.”',
    'Server and clients share one machine and the loopback device, or the network that --network puts between them. A real one adds its own round trips, losses and proxies; compare transports here, not absolute times.',
  ],
  [
    '“SSE costs as much as WebSocket in my application, too.”',
    'With prepared fan-out a tick is framed once and the same bytes go to every connection. Applications that frame per client pay more: --fan-out idiomatic measures that.',
  ],
  [
    '“A million deliveries, so the difference must be real.”',
    'All deliveries of a tick share every pause, so they are not a million observations. Trials are; intervals here are over trials.',
  ],
  [
    '“The worst latency of this transport is its max.”',
    'The max is one event in one trial and grows with the length of the run. Read p99 and p99.9 together with the number of samples.',
  ],
];

/** How the figures came about, the words, what is often misread, and what the run cannot say. */
export const method: Section = {
  id: 'method',
  title: 'Method, glossary and common misreadings',
  short: 'Method',
  render({ result }) {
    return html`<div class="prose">
        <p>
          One server offers every transport on the same feed; servers that are not pushbench’s are given the same. For
          each trial a server starts afresh, unless it ran before; load agents in other processes open the connections
          at a steady ramp, wait out a warm-up, and measure. Latency and age are told by
          <em>witnesses</em>: a part of the clients, spread evenly among the others, in a process of their own that has
          next to nothing else to do, so that the load’s own queue is not in them. Every tick is timed from the moment
          it was <em>due</em>, not from when it was sent, so a server that stalls cannot hide it. Only ticks due in the
          measured window count; the drain afterwards gives each the time to arrive. Percentiles come from merged
          histograms within a trial; across trials the median is taken, never an average of percentiles.
        </p>
        <h3>What this run says nothing about</h3>
        <p>${unsaidIn(result)}, browsers, mobile radios, compression, authentication, and loads beyond those it ran.</p>
      </div>
      <h3>Common misreadings</h3>
      <dl class="glossary">${definitions(MISREADINGS)}</dl>
      <h3>Glossary</h3>
      <dl class="glossary">${definitions(TERMS)}</dl>`;
  },
};
