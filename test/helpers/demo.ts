import type { TestContext } from 'node:test';
import type { PageData } from '../../server/demo/protocol.ts';
import { startDemo, type Demo } from '../../server/demo/server.ts';

/** A live page's server in this process, on a free port; ends with the test. */
export async function startTestDemo(
  t: TestContext,
  options: { rateHz?: number; payloadBytes?: number } = {},
): Promise<Demo> {
  const demo = await startDemo({ port: 0, rateHz: 10, payloadBytes: 128, ...options });
  t.after(() => demo.stop());
  return demo;
}

/** What the page is told that a response carries. */
export function pageDataOf(html: string): PageData {
  const island = /<script type="application\/json" id="data">(.*?)<\/script>/.exec(html);
  return JSON.parse(island?.[1] ?? '') as PageData;
}
