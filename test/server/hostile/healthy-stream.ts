import type { TestContext } from 'node:test';
import { until } from '../../helpers/until.ts';
import { RawClient } from './raw-client.ts';

/** A well-behaved SSE client: what happens to it is the measure of what an attack did. */
export class HealthyStream {
  readonly #client: RawClient;

  private constructor(client: RawClient) {
    this.#client = client;
  }

  /** Opens the stream and waits for its first tick. */
  static async open(t: TestContext, port: number): Promise<HealthyStream> {
    const client = await RawClient.open(t, port);
    client.request('/feed/sse');
    const stream = new HealthyStream(client);
    await until(() => stream.seqs.length > 0, 'the first tick of a healthy stream');
    return stream;
  }

  get ended(): boolean {
    return this.#client.ended;
  }

  /** The sequence numbers received so far. */
  get seqs(): number[] {
    return [...this.#client.text.matchAll(/^id: (\d+)$/gm)].map((match) => Number(match[1]));
  }

  /** Waits for another tick and says whether every tick since the first came, once and in order. */
  async isIntact(): Promise<boolean> {
    const before = this.seqs.length;
    await until(() => this.ended || this.seqs.length > before, 'another tick of a healthy stream');
    const { seqs } = this;
    return !this.ended && seqs.every((seq, index) => seq === seqs[0]! + index);
  }
}
