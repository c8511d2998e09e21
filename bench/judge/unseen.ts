import type { Trial } from '../result/schema.ts';

/** What gates judge the machine by; null where the system does not tell. */
type Witness = Pick<Trial['host'], 'cpu' | 'others' | 'throttledUs' | 'swappedPages' | 'listenOverflows'>;

const JUDGED_BY = [
  ['throttledUs', 'THROTTLED'],
  ['swappedPages', 'SWAPPING'],
  ['cpu', 'CPU_STOLEN'],
  ['others', 'OTHER_PROGRAMS'],
  ['listenOverflows', 'LISTEN_OVERFLOW'],
] as const satisfies readonly (readonly [keyof Witness, string])[];

/** The codes of the gates that had nothing to look at in any of these: that they did not trip says nothing. */
export function unseen(hosts: readonly { readonly [K in keyof Witness]?: unknown }[]): string[] {
  if (hosts.length === 0) return [];
  return JUDGED_BY.filter(([key]) => hosts.every((host) => host[key] === null)).map(([, code]) => code);
}

/** The same of a run's trials; those without a measured window do not count. */
export function unseenIn(trials: readonly Pick<Trial, 'host' | 'phases'>[]): string[] {
  return unseen(trials.filter(({ phases }) => phases.measureMs > 0).map(({ host }) => host));
}

/** One sentence on {@link unseen}, without its end. */
export function unseenText(codes: readonly string[]): string {
  return `this system does not tell what ${codes.join(', ')} would be judged by: no gate looks at it`;
}

/** The codes of the gates that compare ticks with each other, where no trial had enough of them for one to look. */
export function shortOfTicks(trials: readonly Pick<Trial, 'steadiness' | 'canary' | 'ledger'>[]): string[] {
  const measured = trials.filter(({ ledger }) => ledger.delivered > 0);
  if (measured.length === 0) return [];
  const canaries = measured.map(({ canary }) => canary).filter((canary) => canary !== null && canary.clients > 0);
  return [
    ...(measured.every(({ steadiness }) => steadiness === null) ? ['UNSTEADY'] : []),
    ...(canaries.length > 0 && canaries.every((canary) => canary!.agrees === null) ? ['CANARY_DISAGREES'] : []),
  ];
}

/** One sentence on {@link shortOfTicks}, without its end. */
export function shortText(codes: readonly string[]): string {
  return `the windows hold too few ticks for ${codes.join(', ')} to be judged: a longer --duration or a higher --rate gives more`;
}
