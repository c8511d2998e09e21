import bundled from '@sparticuz/chromium';
import { chromium, type Browser } from 'playwright-core';

/**
 * Flags of the bundled build that are left out. One process for everything dies with its first page; the next three would
 * switch off what tests rely on, such as the page's own security policy. The others feign a GPU in software, and start each
 * page's process from nothing: four times as much work for the same pixels.
 */
const UNWANTED = new Set([
  '--single-process',
  '--disable-web-security',
  '--allow-running-insecure-content',
  '--disable-site-isolation-trials',
  '--ignore-gpu-blocklist',
  '--in-process-gpu',
  '--use-gl=angle',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--no-zygote',
]);

/**
 * Starts a headless Chromium: the one in `CHROME_PATH` when that is set, else the one from the npm package, which
 * unpacks itself into the temporary folder once. The caller closes it. One for a test file is enough.
 */
export async function launchBrowser(): Promise<Browser> {
  const installed = process.env['CHROME_PATH'];
  if (installed !== undefined && installed !== '')
    return chromium.launch({ executablePath: installed, args: ['--no-sandbox'] });
  const args = [...bundled.args.filter((flag) => !UNWANTED.has(flag)), '--disable-gpu'];
  return chromium.launch({ executablePath: await bundled.executablePath(), args });
}
