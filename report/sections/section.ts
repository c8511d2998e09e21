import type { RunResult } from '../../bench/result/schema.ts';
import type { Load } from '../figures/load.ts';
import type { Standing } from '../figures/trust.ts';
import type { Warning } from '../figures/warnings.ts';
import type { PageData } from '../page-data.ts';
import type { Markup } from '../../server/page/html.ts';

/** Everything that a section may show, derived once. */
export type ReportView = {
  readonly result: RunResult;
  readonly loads: readonly Load[];
  readonly standing: Standing;
  readonly warnings: readonly Warning[];
  readonly page: PageData;
};

/** One part of a page below its header. It renders to `null` when what is shown gives it nothing to say. */
export type Section<View = ReportView> = {
  readonly id: string;
  readonly title: string;
  /** For the list of sections, where the title is long. */
  readonly short?: string;
  readonly render: (view: View) => Markup | null;
};
