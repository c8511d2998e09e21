import bundled from '@sparticuz/chromium';
import { chromium, type Browser } from 'playwright-core';

/**
 * Flags of the bundled build that are left out: one process for everything dies with its first page, and the others
 * would switch off what tests rely on, such as the page's own security policy.
 */
const UNWANTED = new Set([
  '--single-process',
  '--disable-web-security',
  '--allow-running-insecure-content',
  '--disable-site-isolation-trials',
]);

/**
 * Starts a headless Chromium: the one in `CHROME_PATH` when that is set, else the one from the npm package, which
 * unpacks itself into the temporary folder once. The caller closes it. One for a test file is enough.
 */
export async function launchBrowser(): Promise<Browser> {
  const installed = process.env['CHROME_PATH'];
  if (installed !== undefined && installed !== '')
    return chromium.launch({ executablePath: installed, args: ['--no-sandbox'] });
  const args = bundled.args.filter((flag) => !UNWANTED.has(flag));
  return chromium.launch({ executablePath: await bundled.executablePath(), args });
}
