import type { Trial, Validity, ValidityReason } from '../result/schema.ts';
import { meanOf } from '../basics/numbers.ts';
import { visible } from '../basics/shown.ts';

/** A trial before anyone has judged it. */
export type UnjudgedTrial = Omit<Trial, 'validity'>;

/** Of a gate's value and limit; `plain`: a number without one. */
type GateUnit = 'ratio' | 'us' | 'count' | 'times as much' | 'plain';

/** In what each gate measures, and what to do about what it finds; null where its message says that itself. */
const GATE_FACTS = {
  SERVER_LOST: { unit: 'count', remedy: null },
  AGENT_LOST: { unit: 'count', remedy: null },
  PROXY_LOST: { unit: 'count', remedy: null },
  CLIENTS_NOT_CONNECTED: {
    unit: 'ratio',
    remedy: 'Look at the errors; then raise the limit of open files, slow the ramp (--ramp) or ask for fewer clients.',
  },
  PORTS_EXHAUSTED: { unit: 'count', remedy: null },
  FILES_EXHAUSTED: { unit: 'count', remedy: null },
  LISTEN_OVERFLOW: { unit: 'count', remedy: null },
  CLIENTS_DROPPED: {
    unit: 'count',
    remedy: 'The server cut or lost them: look at the errors, then ask for fewer clients, ticks or bytes.',
  },
  TICKS_MISSED: {
    unit: 'count',
    remedy:
      'The transport lost updates under this load: that is a finding. Repeat with less load to see where it begins.',
  },
  TICKS_DUPLICATE: {
    unit: 'count',
    remedy: 'The transport broke its promise of exactly once: report it, with result.json.',
  },
  TICKS_OUT_OF_ORDER: {
    unit: 'count',
    remedy: 'The transport broke its promise of order: report it, with result.json.',
  },
  TICKS_CORRUPT: { unit: 'count', remedy: 'Bytes changed on the way: report it, with result.json.' },
  NOTHING_DELIVERED: {
    unit: 'count',
    remedy: 'Measure longer (--duration) or ask for more ticks per second (--rate).',
  },
  FEED_RATE_OFF: {
    unit: 'ratio',
    remedy:
      'Ask for fewer ticks per second (--rate) or fewer clients, or give the server more processes (--server-workers).',
  },
  FEED_LATE: { unit: 'us', remedy: null },
  PUBLISH_LATE: { unit: 'us', remedy: null },
  PUBLISH_FAILED: { unit: 'count', remedy: null },
  PUBLISH_SLOW: { unit: 'us', remedy: null },
  WORKERS_UNBALANCED: { unit: 'ratio', remedy: null },
  AGENT_SATURATED: { unit: 'ratio', remedy: null },
  AGENT_LAG: { unit: 'ratio', remedy: null },
  AGENT_BOUND: { unit: 'ratio', remedy: null },
  CANARY_ABSENT: { unit: 'ratio', remedy: null },
  CANARY_DISAGREES: {
    unit: 'us',
    remedy: 'Give the agents more cores; if it stays, repeat with --driver library and compare.',
  },
  CANARY_LEDGER: {
    unit: 'count',
    remedy: 'Library clients lost or doubled ticks where the lean ones did not: report it, with result.json.',
  },
  UNSTEADY: { unit: 'times as much', remedy: null },
  TARGET_RESTARTED: { unit: 'count', remedy: null },
  CPU_COARSE: { unit: 'ratio', remedy: null },
  THROTTLED: { unit: 'ratio', remedy: 'Raise the CPU quota of the container or service.' },
  SWAPPING: { unit: 'count', remedy: 'Free some memory, or ask for fewer clients.' },
  CPU_STOLEN: { unit: 'ratio', remedy: 'Run again when the host is calmer, or on a machine of your own.' },
  OTHER_PROGRAMS: { unit: 'ratio', remedy: null },
  SUSPENDED: { unit: 'us', remedy: null },
  CLOCK: { unit: 'us', remedy: 'Report it, with result.json: on one host this cannot be.' },
  POLLS_LATE: { unit: 'us', remedy: null },
} as const satisfies Record<string, { unit: GateUnit; remedy: string | null }>;

type GateCode = keyof typeof GATE_FACTS;

/** What is known of a reason's gate; of a code that this version does not have, as in a result from elsewhere, nothing. */
export function gateFacts(code: string): { readonly unit: GateUnit; readonly remedy: string | null } {
  return Object.hasOwn(GATE_FACTS, code) ? GATE_FACTS[code as GateCode] : { unit: 'plain', remedy: null };
}

/** Looks at one property of a trial; null where it holds. Pure: no gate knows another trial. */
type Gate = (trial: UnjudgedTrial) => (ValidityReason & { code: GateCode }) | null;

const CONNECTED_SHARE = 0.999;
const RATE_ERROR = 0.01;

/** Of a process that went missing nothing is known from then on, whatever the others have measured. */
const nothingLost: Gate = ({ losses = [] }) => {
  const [first] = losses;
  if (!first) return null;
  return {
    code: first.code,
    severity: 'invalid',
    message: `${LOST[first.code]} was lost ${WHEN[first.phase]}: ${first.message.split('\n', 1)[0]}. The figures are those of what was left`,
    value: losses.length,
    limit: 0,
  };
};

const LOST = {
  SERVER_LOST: 'the server',
  AGENT_LOST: 'a load agent',
  PROXY_LOST: 'the proxy',
} as const satisfies Record<NonNullable<Trial['losses']>[number]['code'], string>;

const WHEN = {
  start: 'before the ramp',
  ramp: 'in the ramp',
  warmup: 'in the warm-up',
  measure: 'in the measured window',
  drain: 'in the drain',
} as const satisfies Record<NonNullable<Trial['losses']>[number]['phase'], string>;

const connected: Gate = ({ clients }) => {
  const share = clients.connected / clients.target;
  if (share >= CONNECTED_SHARE) return null;
  return {
    code: 'CLIENTS_NOT_CONNECTED',
    severity: 'invalid',
    message: `${clients.connected} of ${clients.target} clients connected; see the errors for why the others did not`,
    value: share,
    limit: CONNECTED_SHARE,
  };
};

/** What the client's machine has run out of, by the error that says so: no fault of the server. */
const EXHAUSTED = {
  EADDRNOTAVAIL: [
    'PORTS_EXHAUSTED',
    'no port was left for them. Widen net.ipv4.ip_local_port_range, or end what holds the ports',
  ],
  EMFILE: ['FILES_EXHAUSTED', "the load agents were out of file descriptors. Raise 'ulimit -n', or use more --agents"],
} as const satisfies Record<string, readonly [code: string, remedy: string]>;

const enoughOf =
  (error: keyof typeof EXHAUSTED): Gate =>
  ({ errors }) => {
    const value = errors.filter(({ code }) => code === error).reduce((sum, { count }) => sum + count, 0);
    if (value === 0) return null;
    const [code, remedy] = EXHAUSTED[error];
    return {
      code,
      severity: 'invalid',
      message: `${value} clients could not connect (${error}): ${remedy}`,
      value,
      limit: 0,
    };
  };

const listenQueueHeld: Gate = ({ host }) => {
  const value = host.listenOverflows ?? 0;
  if (value === 0) return null;
  return {
    code: 'LISTEN_OVERFLOW',
    severity: 'caution',
    message: `${value} times in the ramp a connection was dropped from a full listen queue, and waited for seconds: connect times show that, not the server's own pace. Raise net.core.somaxconn, e.g. as root 'sysctl -w net.core.somaxconn=4096', or open fewer at a time with --ramp`,
    value,
    limit: 0,
  };
};

const dropped: Gate = ({ clients }) =>
  clients.dropped === 0
    ? null
    : {
        code: 'CLIENTS_DROPPED',
        severity: 'invalid',
        message: `${clients.dropped} clients lost their connection during the trial`,
        value: clients.dropped,
        limit: 0,
      };

/** The ledger's faults: each must be zero, since the transports promise exactly once and in order. */
const LEDGER_GATES = (
  [
    ['missed', 'TICKS_MISSED', 'never arrived'],
    ['duplicate', 'TICKS_DUPLICATE', 'arrived more than once'],
    ['outOfOrder', 'TICKS_OUT_OF_ORDER', 'arrived after a newer one'],
    ['corrupt', 'TICKS_CORRUPT', 'arrived with other bytes than were sent'],
  ] as const
).map(
  ([key, code, what]): Gate =>
    ({ ledger }) =>
      ledger[key] === 0
        ? null
        : {
            code,
            severity: 'invalid',
            message: `${ledger[key]} of ${ledger.expected} ticks ${what}`,
            value: ledger[key],
            limit: 0,
          },
);

const somethingDelivered: Gate = ({ ledger, losses, phases }) =>
  // where there was no window, another gate says why
  ledger.delivered > 0 || losses || phases.measureMs === 0
    ? null
    : {
        code: 'NOTHING_DELIVERED',
        severity: 'invalid',
        message: 'no tick was delivered in the measured window; make it longer, or the rate higher',
        value: 0,
        limit: 1,
      };

const feedRate: Gate = ({ server, cell, phases, losses, publish }) => {
  if (phases.lastSeq < phases.firstSeq || losses?.some(({ code }) => code === 'SERVER_LOST')) return null;
  // Of a server that makes its ticks itself only its clients can tell.
  if (!server.feed) return null;
  const error = Math.abs(server.feed.achievedRateHz / cell.rateHz - 1);
  if (error <= RATE_ERROR) return null;
  return {
    code: 'FEED_RATE_OFF',
    severity: 'invalid',
    message: publish
      ? `the publisher sent ${server.feed.achievedRateHz.toFixed(2)} ticks/s instead of ${cell.rateHz}: it, not the server, is overloaded. Ask for fewer ticks per second (--rate) or fewer clients, or give the load more cores`
      : `the feed emitted ${server.feed.achievedRateHz.toFixed(2)} ticks/s instead of ${cell.rateHz}; the server is overloaded`,
    value: error,
    limit: RATE_ERROR,
  };
};

const FEED_LATE_MS = 10;
const FEED_LATE_SHARE = 0.1;

const feedLate: Gate = ({ server, cell, publish }) => {
  if (publish) return null;
  const limit = feedLimitUs(cell);
  const value = server.feed?.latenessP99Us ?? 0;
  if (value <= limit) return null;
  return {
    code: 'FEED_LATE',
    // Latency runs from the schedule, so a late feed hides nothing: it is the server's own doing, and a finding.
    severity: 'caution',
    message: `the server began to send ticks up to ${ms(value)} (p99) after they were due; latencies hold, but the server was busy with something else than the feed. Fewer clients or a lower rate show it unhurried`,
    value,
    limit,
  };
};

/** So much later than it was due a tick may be sent, be it by a server's own feed or by what publishes to it. */
function feedLimitUs(cell: UnjudgedTrial['cell']): number {
  return Math.max(FEED_LATE_MS * 1000, FEED_LATE_SHARE * periodUs(cell));
}

/** From one tick to the next. */
function periodUs({ rateHz }: UnjudgedTrial['cell']): number {
  return 1e6 / rateHz;
}

const publishLate: Gate = ({ publish, cell }) => {
  const limit = feedLimitUs(cell);
  const value = publish?.sentUs.p99 ?? 0;
  if (value <= limit) return null;
  return {
    code: 'PUBLISH_LATE',
    severity: 'caution',
    message: `pushbench itself sent ticks to the server up to ${ms(value)} (p99) after they were due: latency and age hold that as well, though it is not the server's doing. Fewer clients, a lower rate or more cores for the load make it smaller`,
    value,
    limit,
  };
};

const publishAccepted: Gate = ({ publish }) => {
  if (!publish || publish.failed === 0) return null;
  const why = publish.failure === undefined ? '' : ` (first: ${asClause(publish.failure)})`;
  return {
    code: 'PUBLISH_FAILED',
    severity: 'invalid',
    message: `the server did not take ${publish.failed} of ${publish.published} ticks that were published to it${why}: what it was not given it cannot deliver. ${
      publish.by === 'http'
        ? 'Look at its log, and at publish in the target file: path, headers, body, and the statuses it expects'
        : 'Let it read its standard input to the end'
    }`,
    value: publish.failed,
    limit: 0,
  };
};

const publishSlow: Gate = ({ publish, cell }) => {
  const limit = periodUs(cell);
  const value = publish?.answerUs.p99 ?? 0;
  if (!publish || value <= limit) return null;
  return {
    code: 'PUBLISH_SLOW',
    // As with a feed of its own that is late: latency runs from the schedule, so this hides nothing.
    severity: 'caution',
    message: `${
      publish.by === 'http'
        ? `the server took up to ${ms(value)} (p99) to answer a publish, longer than the ${ms(limit)} from one tick to the next, which waits for that so that they stay in order`
        : `the pipe to the server's standard input was full, and took lines up to ${ms(value)} (p99) after they were sent, longer than the ${ms(limit)} from one tick to the next`
    }: it does not keep up with what it is given. That is the server's doing, and in its latencies; fewer clients or a lower rate show it unhurried`,
    value,
    limit,
  };
};

const IMBALANCE = 0.1;

const balanced: Gate = ({ server }) => {
  const counts = server.connectionsPerWorker;
  if (counts.length < 2) return null;
  const mean = meanOf(counts);
  const value = mean === 0 ? 0 : Math.max(...counts) / mean - 1;
  // The kernel deals connections out at random: four standard deviations of that are no imbalance.
  const limit = IMBALANCE + 4 / Math.sqrt(Math.max(1, mean));
  if (value <= limit) return null;
  return {
    code: 'WORKERS_UNBALANCED',
    severity: 'caution',
    message: `the server's workers held ${counts.join(', ')} connections: the busiest one sets the latencies. A system without SO_REUSEPORT balancing does this; use one worker there`,
    value,
    limit,
  };
};

const AGENT_BUSY = 0.9;

const agentSaturated: Gate = ({ agents }) => {
  const value = Math.max(...agents.map((agent) => agent.utilisation));
  if (value <= AGENT_BUSY) return null;
  return {
    code: 'AGENT_SATURATED',
    severity: 'invalid',
    message: `a load agent was busy ${percent(value)} of the time: the load generator, not the server, was the limit. Use more agents on more cores, or a smaller load`,
    value,
    limit: AGENT_BUSY,
  };
};

/** The processes that latency is taken from, and how long bytes that had arrived waited to be read by each, p99. */
export function readersOf({
  agents,
  witnesses,
}: Pick<Trial, 'agents' | 'witnesses'>): { lagUs: number; utilisation: number }[] {
  if (witnesses) return [{ lagUs: witnesses.readLagP99Us ?? 0, utilisation: witnesses.utilisation }];
  return agents.map(({ readLagP99Us, lagP99Us, utilisation }) => ({ lagUs: readLagP99Us ?? lagP99Us, utilisation }));
}

const AGENT_LAG_CAUTION = 0.1;
const AGENT_BOUND_LAG = 0.5;
/** An agent that is idle most of the time may be late within a burst, but it is not what limits the trial. */
const AGENT_BOUND_BUSY = 0.5;

const agentLag: Gate = (trial) => {
  const { latencyUs } = trial;
  if (latencyUs.count === 0) return null;
  const readers = readersOf(trial);
  const shareOf = (lagUs: number) => (latencyUs.p99 === 0 ? 0 : lagUs / latencyUs.p99);
  const worstUs = Math.max(...readers.map(({ lagUs }) => lagUs));
  if (shareOf(worstUs) <= AGENT_LAG_CAUTION) return null;
  // The same agent must be late and busy: another's work does not explain its lag.
  const boundUs = readers
    .filter(({ utilisation }) => utilisation > AGENT_BOUND_BUSY)
    .map(({ lagUs }) => lagUs)
    .filter((lagUs) => shareOf(lagUs) > AGENT_BOUND_LAG);
  const isInvalid = boundUs.length > 0;
  const lagUs = isInvalid ? Math.max(...boundUs) : worstUs;
  const value = shareOf(lagUs);
  return {
    code: isInvalid ? 'AGENT_BOUND' : 'AGENT_LAG',
    severity: isInvalid ? 'invalid' : 'caution',
    message: isInvalid
      ? `ticks waited an estimated ${ms(lagUs)} (p99) for their reader, which is most of the p99 of ${ms(latencyUs.p99)}: the load generator, not the server, was the limit. Use more agents on more cores, or a smaller load`
      : `an estimated ${ms(lagUs)} of the p99 of ${ms(latencyUs.p99)} is the readers' own delay; seen from elsewhere the server is faster by about that. More cores for agents, or fewer clients, make it smaller`,
    value,
    limit: isInvalid ? AGENT_BOUND_LAG : AGENT_LAG_CAUTION,
  };
};

/** That the canary's clients contradict nothing says something only where they were there. */
const canaryPresent: Gate = ({ canary, ledger }) => {
  if (!canary) return null;
  const { library, clients, target = clients, errors = [] } = canary;
  const isDeaf = clients > 0 && ledger.delivered > 0 && canary.ledger.delivered === 0;
  if (clients >= target && !isDeaf) return null;
  const why = errors.map(({ code, count, message }) => `${count} x ${code}, ${asClause(message)}`).join('; ');
  const what =
    clients < target
      ? `${clients} of ${target} clients made with ${library} were connected`
      : `no tick was delivered to the ${clients} clients made with ${library}`;
  return {
    code: 'CANARY_ABSENT',
    severity: 'caution',
    message: `${what}${why === '' ? '' : ` (${why})`}: whether libraries see what the load saw ${clients === 0 || isDeaf ? 'was not looked at' : 'was looked at in part'}. Remove what stands in their way, or try --driver library with as many --clients`,
    value: isDeaf ? 0 : clients / target,
    limit: 1,
  };
};

const canaryAgrees: Gate = ({ canary }) => {
  if (!canary || canary.agrees !== false || !canary.differenceUs) return null;
  const { median, low, high } = canary.differenceUs;
  return {
    code: 'CANARY_DISAGREES',
    severity: 'caution',
    message: `clients made with ${canary.library} saw latencies that differ by ${ms(median)} (${ms(low)} to ${ms(high)}) from those of the load: read the figures as those of the load's own clients`,
    value: Math.abs(median),
    limit: canary.marginUs,
  };
};

const canaryLedger: Gate = ({ canary }) => {
  if (!canary) return null;
  const { missed, duplicate, outOfOrder, corrupt } = canary.ledger;
  const value = missed + duplicate + outOfOrder + corrupt;
  if (value === 0) return null;
  return {
    code: 'CANARY_LEDGER',
    severity: 'caution',
    message: `clients made with ${canary.library} missed ${missed} ticks, and received ${duplicate} twice, ${outOfOrder} out of order, ${corrupt} corrupt`,
    value,
    limit: 0,
  };
};

const UNSTEADY_RATIO = 1.5;
const RUNAWAY_RATIO = 3;
/** Below this a trend is the machine's noise. */
const UNSTEADY_US = 5000;

const steady: Gate = ({ steadiness, phases }) => {
  if (!steadiness) return null;
  const { firstHalfUs, secondHalfUs } = steadiness;
  const value = Math.max(firstHalfUs, secondHalfUs) / Math.max(1, Math.min(firstHalfUs, secondHalfUs));
  if (value <= UNSTEADY_RATIO || Math.abs(secondHalfUs - firstHalfUs) < UNSTEADY_US) {
    if (phases.settled !== false) return null;
    return {
      code: 'UNSTEADY',
      severity: 'caution',
      message: `latency had not come to rest after ${(phases.warmupMs / 1000).toFixed(1)} s of warm-up: it may still have moved while it was measured. A longer --warmup, or a smaller load, tells`,
      value,
      limit: UNSTEADY_RATIO,
    };
  }
  const isRunaway = secondHalfUs > firstHalfUs && value > RUNAWAY_RATIO;
  return {
    code: 'UNSTEADY',
    severity: isRunaway ? 'invalid' : 'caution',
    message: `latency moved from ${ms(firstHalfUs)} in the first half of the window to ${ms(secondHalfUs)} in the second: no steady state. ${secondHalfUs > firstHalfUs ? 'The server falls behind; a smaller load shows what it sustains' : 'A longer --warmup may help'}`,
    value,
    limit: isRunaway ? RUNAWAY_RATIO : UNSTEADY_RATIO,
  };
};

/** What was known of the server before is not of the one that came after it. */
const notRestarted: Gate = ({ server }) => {
  const { process } = server.attached ?? {};
  if (process !== 'restarted' && process !== 'gone') return null;
  return {
    code: 'TARGET_RESTARTED',
    severity: 'invalid',
    message: `${
      process === 'gone'
        ? 'the process that is metered was gone before the trial was over'
        : 'the process that is metered was another at the end of the trial than at its start'
    }: the figures are of more than one life of the server, or of none. See why it ended or was started anew (its log, whoever supervises it), and leave it alone while it is measured`,
    value: 1,
    limit: 0,
  };
};

/** Of what was used so much may be the step in which it is counted. */
const CPU_STEP_SHARE = 0.03;

const cpuFine: Gate = ({ server }) => {
  const { cpuUserUs, cpuSystemUs, cpuStepUs = 0 } = server;
  if (cpuUserUs === null || cpuSystemUs === null || cpuStepUs === 0) return null;
  // Of what used nothing nobody knows more than that it was less than a step.
  const value = Math.min(1, cpuStepUs / (cpuUserUs + cpuSystemUs));
  if (value <= CPU_STEP_SHARE) return null;
  return {
    code: 'CPU_COARSE',
    severity: 'caution',
    message: `the system counts the CPU of this server in steps of ${ms(cpuStepUs)}, which is ${percent(value)} of the ${ms(cpuUserUs + cpuSystemUs)} that it used in the window: its CPU per delivery is only so exact, all else holds. A longer --duration or more clients make it finer`,
    value,
    limit: CPU_STEP_SHARE,
  };
};

const THROTTLED_SHARE = 0.01;

/** The kernel sums over cores, of which each may be denied CPU for the whole window: the limit is a share of one core's time. */
const throttled: Gate = ({ host, phases }) => {
  const cores = Math.max(1, host.throttledCores ?? 1);
  const limit = THROTTLED_SHARE / cores;
  const value = Math.min(1, (host.throttledUs ?? 0) / Math.max(1, phases.measureMs * 1000 * cores));
  if (value <= limit) return null;
  return {
    code: 'THROTTLED',
    severity: 'caution',
    message: `the control group used up its quota and was denied CPU for ${percent(value)} of the ${cores === 1 ? 'window' : `window, averaged over its ${cores} cores`}. Raise the CPU quota of the container or service, or of what is above it`,
    value,
    limit,
  };
};

const swapping: Gate = ({ host }) => {
  const value = host.swappedPages ?? 0;
  if (value === 0) return null;
  return {
    code: 'SWAPPING',
    severity: 'caution',
    message: `the machine swapped ${value} pages; free some memory`,
    value,
    limit: 0,
  };
};

const TAKEN_CAUTION = 0.05;
const TAKEN_INVALID = 0.25;

/** It makes no difference to the figures who takes the CPU. */
function taken(code: 'CPU_STOLEN' | 'OTHER_PROGRAMS', value: number, message: () => string): ReturnType<Gate> {
  if (value <= TAKEN_CAUTION) return null;
  const isInvalid = value > TAKEN_INVALID;
  return {
    code,
    severity: isInvalid ? 'invalid' : 'caution',
    message: message(),
    value,
    limit: isInvalid ? TAKEN_INVALID : TAKEN_CAUTION,
  };
}

const stolen: Gate = ({ host }) => {
  const value = host.cpu?.steal ?? 0;
  const message = () => `other guests of this host took ${percent(value)} of the CPU; run again when it is calmer`;
  return taken('CPU_STOLEN', value, message);
};

const others: Gate = ({ host }) =>
  taken(
    'OTHER_PROGRAMS',
    host.others?.share ?? 0,
    () => `${othersText(host.others!, 'took')}: what server and agents show is theirs as well. End them, and run again`,
  );

/**
 * A controller that only waits gets its turn within some tens of milliseconds on a busy machine, within 100 ms where a CPU
 * quota is used up. Nobody stops and resumes a run by hand in less than this, and a window of some seconds can bear it.
 */
const SUSPENDED_US = 500_000;

const suspended: Gate = ({ host, server }) => {
  // Where the controller alone stood still (a terminal that takes nothing), it harms no figure: the server went on.
  const serverUs = Math.max(server.eventLoop?.delayMaxUs ?? 0, server.feed?.latenessMaxUs ?? 0);
  const value = Math.max(Math.min(host.standstillUs ?? 0, serverUs), host.asleepUs ?? 0);
  if (value <= SUSPENDED_US) return null;
  return {
    code: 'SUSPENDED',
    severity: 'invalid',
    message: `the whole run stood still for ${ms(value)}, controller and server together: it was stopped (Ctrl-Z), or the machine was asleep or paused. It is not the server's doing; leave the run alone, and keep the machine awake`,
    value,
    limit: SUSPENDED_US,
  };
};

/** The clock's own error between processes of one host, in microseconds: reading it takes a fraction of this. */
const CLOCK_ERROR_US = 5;

const clock: Gate = ({ latencyUs }) => {
  const value = latencyUs.negative.minUs;
  if (value >= -CLOCK_ERROR_US) return null;
  return {
    code: 'CLOCK',
    severity: 'invalid',
    message: `${latencyUs.negative.count} ticks were received before they were due, by up to ${-value} us: the clocks of server and agents do not agree`,
    value,
    limit: -CLOCK_ERROR_US,
  };
};

const POLLS_LATE_MS = 10;
const POLLS_LATE_SHARE = 0.05;

const pollsOnTime: Gate = ({ pollLatenessUs, cell }) => {
  if (!pollLatenessUs || pollLatenessUs.count === 0 || cell.pollIntervalMs === null) return null;
  const intervalUs = cell.pollIntervalMs * 1000;
  const limit = Math.max(POLLS_LATE_MS * 1000, POLLS_LATE_SHARE * intervalUs);
  const value = pollLatenessUs.p99;
  if (value <= limit) return null;
  return {
    code: 'POLLS_LATE',
    severity: value > intervalUs / 2 ? 'invalid' : 'caution',
    message: `polls were sent up to ${ms(value)} (p99) after their time; the agent, or the answer to the poll before, was slow`,
    value,
    limit,
  };
};

/** Every gate, in the order in which reasons are shown. */
const GATES: readonly Gate[] = [
  nothingLost,
  notRestarted,
  connected,
  enoughOf('EADDRNOTAVAIL'),
  enoughOf('EMFILE'),
  listenQueueHeld,
  dropped,
  ...LEDGER_GATES,
  somethingDelivered,
  clock,
  suspended,
  others,
  agentSaturated,
  agentLag,
  feedRate,
  feedLate,
  publishLate,
  publishAccepted,
  publishSlow,
  balanced,
  pollsOnTime,
  steady,
  canaryPresent,
  canaryLedger,
  canaryAgrees,
  cpuFine,
  throttled,
  swapping,
  stolen,
];

/** What these see follows from a standstill, or from others' work: they would blame server or agents for it. */
const BLAMING: ReadonlySet<Gate> = new Set([
  agentSaturated,
  agentLag,
  feedRate,
  feedLate,
  publishLate,
  publishSlow,
  pollsOnTime,
  steady,
  canaryAgrees,
]);

/** Applies every gate: `invalid` withholds verdicts, `caution` only marks; the figures are kept either way. */
export function judge(trial: UnjudgedTrial): Validity {
  const causes = [suspended(trial), others(trial)].filter((reason) => reason !== null);
  const isExcused = causes.some(({ severity }) => severity === 'invalid');
  const reasons = GATES.filter((gate) => !(isExcused && BLAMING.has(gate)))
    .map((gate) => ({ gate, reason: gate(trial) }))
    // Where others took less, what is worse than that stands; a caution would be about them.
    .filter(({ gate, reason }) => causes.length === 0 || !BLAMING.has(gate) || reason?.severity === 'invalid')
    .map(({ reason }) => reason)
    .filter((reason) => reason !== null);
  const status = reasons.some((reason) => reason.severity === 'invalid')
    ? 'invalid'
    : reasons.length > 0
      ? 'caution'
      : 'valid';
  return { status, reasons };
}

/** A clause without its end: `other programs took 31.0 % of the CPU (cores each kept busy: cc1plus 0.61)`. */
export function othersText(
  { share, programs }: NonNullable<Trial['host']['others']>,
  verb: 'take' | 'took' = 'took',
): string {
  const named = programs.map(({ name, cores }) => `${visible(name)} ${cores.toFixed(2)}`).join(', ');
  const busy = verb === 'took' ? 'kept' : 'keeps';
  return `other programs ${verb} ${percent(share)} of the CPU${named === '' ? '' : ` (cores each ${busy} busy: ${named})`}`;
}

function ms(us: number): string {
  return `${(us / 1000).toFixed(us < 10_000 ? 2 : 0)} ms`;
}

/** What others said, on one line and without a full stop: the report takes what follows one for what to do. */
function asClause(text: string): string {
  return visible(text.split('\n', 1)[0]!).replaceAll(/[.!?](?= |$)/g, ';');
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
