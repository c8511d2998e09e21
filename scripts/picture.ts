// Takes the picture of the sample's report that README.md shows: `npm run picture`, after the sample was made again.
import { fileURLToPath, pathToFileURL } from 'node:url';
import { launchBrowser } from '../test/helpers/browser.ts';

const report = fileURLToPath(new URL('../results/sample/report.html', import.meta.url));
const picture = fileURLToPath(new URL('../results/sample/report.png', import.meta.url));

/** The first screen: header, figures of each transport, verdicts. */
const SIZE = { width: 1280, height: 1480 };

const browser = await launchBrowser();
try {
  const page = await browser.newPage({ viewport: SIZE, colorScheme: 'light' });
  await page.goto(pathToFileURL(report).href);
  await page.evaluate('document.fonts.ready.then(() => undefined)');
  await page.screenshot({ path: picture });
} finally {
  await browser.close();
}
