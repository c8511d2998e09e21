import type { Assertion } from '../judge/assertion.ts';
import type { Cell, Settings } from '../result/schema.ts';

/** What a run is asked to do, complete and free of contradictions. Each list is a dimension of the sweep. */
export type RunOptions = Omit<Settings, 'pin'> &
  Pick<Cell, 'driver' | 'fanOut'> & {
    /** What is compared: transports of the built-in server, and those of targets after their names. */
    transports: string[];
    clients: number[];
    ratesHz: number[];
    payloadBytes: number[];
    pollIntervalsMs: number[];
    /** As results name them, or `none`. */
    networks: string[];
    pin: 'auto' | 'on' | 'off';
    /** Where to write; undefined: a new folder below `results`. */
    out: string | undefined;
    label: string;
    open: boolean;
    quick: boolean;
    json: boolean;
    progress: 'auto' | 'live' | 'plain' | 'json' | 'off';
    color: 'auto' | 'always' | 'never';
    dryRun: boolean;
    /** Of the server; 0 takes a free one for each trial. */
    port: number;
    /** Where the server listens: an address, or a name. */
    host: string;
    unsafeBind: boolean;
    /** The one host beyond loopback and private networks that may be aimed at. */
    ownTarget: string | undefined;
    assertions: Assertion[];
  };
