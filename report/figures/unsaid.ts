import type { RunResult } from '../../bench/result/schema.ts';

/** What a run did not measure, as the beginning of a list in a sentence: TLS always, others unless they were in it. */
export function unsaidIn({ plan: { settings, cells } }: Pick<RunResult, 'plan'>): string {
  const isDistant = cells.some(({ network }) => network !== undefined && network !== null);
  return [
    'TLS',
    settings.proxies ? 'proxies and load balancers other than those in it' : 'proxies and load balancers',
    isDistant ? 'networks other than an emulated wire' : 'a real network with distance and loss',
    settings.targets ? 'servers other than those in it' : 'other servers, languages and frameworks',
  ].join(', ');
}
