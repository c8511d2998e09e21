// Takes the pictures of the sample's report that README.md shows, light and dark: `npm run picture`, after the sample was made
// again.
import { fileURLToPath, pathToFileURL } from 'node:url';
import { launchBrowser } from '../test/helpers/browser.ts';

const report = fileURLToPath(new URL('../results/sample/report.html', import.meta.url));
const PICTURES = [
  { colorScheme: 'light', name: 'report.png' },
  { colorScheme: 'dark', name: 'report-dark.png' },
] as const;

/** The first screen: header, figures of each transport, verdicts. */
const SIZE = { width: 1280, height: 1480 };

const browser = await launchBrowser();
try {
  for (const { colorScheme, name } of PICTURES) {
    const page = await browser.newPage({ viewport: SIZE, colorScheme });
    await page.goto(pathToFileURL(report).href);
    await page.evaluate('document.fonts.ready.then(() => undefined)');
    await page.screenshot({ path: fileURLToPath(new URL(`../results/sample/${name}`, import.meta.url)) });
  }
} finally {
  await browser.close();
}
