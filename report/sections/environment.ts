import { networkWords } from '../../bench/result/network.ts';
import { warmUpText } from '../../bench/trial/warm-up.ts';
import type { Cell, Environment, Settings } from '../../bench/result/schema.ts';
import { windowText } from '../../bench/trial/window.ts';
import type { Section } from './section.ts';
import { formatCount, formatSetting, humanise, spellDuration } from '../../bench/basics/amounts.ts';
import { definitions, html, type Content, type Markup } from '../../server/page/html.ts';

const facts = (title: string, entries: readonly (readonly [string, Content])[]) =>
  html`<div class="card">
    <h3>${title}</h3>
    <dl class="pairs">${definitions(entries)}</dl>
  </div>`;

const unlessEmpty = (record: Readonly<Record<string, string>>) =>
  Object.keys(record).length === 0 ? [['none recorded', '–'] as const] : Object.entries(record);

/** The machine, the software and the settings that figures belong to. */
export function environmentCards(
  host: Environment,
  settings: Settings,
  cells: readonly (Pick<Cell, 'driver' | 'fanOut' | 'network'> & { rateHz: number | null })[],
): Markup {
  const rates = cells.map(({ rateHz }) => rateHz);
  return html`<div class="cards">
    ${facts('Machine', [
      ['processor', host.cpuModel],
      ['cores', host.coreList ? `${host.cores} (${host.coreList})` : String(host.cores)],
      ...(host.cpuQuota ? [['CPU quota', `${formatSetting(host.cpuQuota)} cores`] as const] : []),
      ['memory', humanise('bytes', host.memoryBytes)],
      ['platform', `${host.platform} ${host.arch}`],
      ['kernel', host.kernel],
      ['load before', host.loadAverage.map(formatSetting).join(' · ')],
      ['open files', host.limits.openFiles === null ? 'unknown' : formatCount(host.limits.openFiles)],
    ])}
    ${facts('Settings', [
      ['warm-up', warmUpText(settings.warmupMs, spellDuration)],
      ['measured', windowText(settings.durationMs, rates)],
      ['blocks', String(settings.blocks)],
      ['load agents', String(settings.agents)],
      ['ramp', `${formatSetting(settings.rampPerSecond)} connections/s`],
      ['server workers', String(settings.serverWorkers)],
      ['separate cores', settings.pin ? 'yes' : 'no'],
      ['polls ask for', settings.pollLatest ? 'the newest tick' : 'every newer tick'],
      ...(settings.shared ? [['other programs', 'not looked at (--shared)'] as const] : []),
      ['driver', [...new Set(cells.map((cell) => cell.driver))].join(', ')],
      ['fan-out', [...new Set(cells.map((cell) => cell.fanOut))].join(', ')],
      ...(cells.some(({ network }) => network)
        ? [
            [
              'network',
              [...new Set(cells.map(({ network }) => networkWords(network ?? 'loopback')))].join(' · '),
            ] as const,
          ]
        : []),
      ['seed', String(settings.seed)],
    ])}
    ${facts('Software', [
      ['Node', host.node],
      ...unlessEmpty(host.dependencies),
      ...Object.entries(host.variables ?? {}),
    ])}
    ${facts('System settings', unlessEmpty(host.sysctls))}
  </div>`;
}

/** Of a run. */
export const environment: Section = {
  id: 'environment',
  title: 'Environment',
  render: ({ result: { environment: host, plan } }) => environmentCards(host, plan.settings, plan.cells),
};
