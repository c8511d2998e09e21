import type { RunResult } from '../bench/result/schema.ts';
import { pageAssets } from './bundle.ts';
import { loadsOf } from './figures/load.ts';
import { pageData } from './figures/page-data.ts';
import { standingOf } from './figures/trust.ts';
import { warningsOf } from './figures/warnings.ts';
import { page } from './page.ts';

/**
 * Returns the report of a run as one HTML document without any external reference. An empty, interrupted or wholly
 * invalid run gives a page that says so. Throws a `PushbenchError` when a histogram cannot be decoded.
 */
export async function buildReport(result: RunResult): Promise<string> {
  const view = {
    result,
    loads: loadsOf(result),
    standing: standingOf(result),
    warnings: warningsOf(result),
    page: pageData(result),
  };
  return page(view, await pageAssets());
}
