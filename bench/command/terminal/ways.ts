import { formatMicros, quantity } from '../../basics/amounts.ts';
import { waysOf, type WayFigures } from '../../judge/ways.ts';
import type { RunResult } from '../../result/schema.ts';
import { wrap } from './style.ts';

/** What proxies add to the median, what they take, and what to change where one spoils a transport; nothing without proxies. */
export function wayLines(result: RunResult, width: number): string[] {
  const ways = waysOf(result);
  if (ways.length === 0) return [];
  return [
    '',
    'Through proxies:',
    ...ways.flatMap((way) => [
      ...wrap(`  ${wayText(way)}`, width),
      ...way.advice.flatMap(({ setting, why }) => [
        ...wrap(`    ${why}. Change in its configuration:`, width),
        `      ${setting}`,
      ]),
    ]),
  ];
}

function wayText({ cell, added, connectedShare, cpuPerDeliveryUs }: WayFigures): string {
  const parts = [
    ...(added.p50 === null ? [] : [`p50 ${signedMicros(added.p50.median)}`]),
    ...(added.p99 === null ? [] : [`p99 ${signedMicros(added.p99.median)}`]),
    ...(cpuPerDeliveryUs === null ? [] : [`${quantity('us', cpuPerDeliveryUs.median)} of its CPU a delivery`]),
    ...(connectedShare > 0.999 ? [] : [`${Math.round(connectedShare * 100)} % of the clients stayed connected`]),
  ];
  return `${cell.transport}: ${parts.join(', ')}`;
}

function signedMicros(us: number): string {
  return `${us < 0 ? '-' : '+'}${formatMicros(Math.abs(us))}`;
}
