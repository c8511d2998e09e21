import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Environment, Micro } from './schema.ts';
import { assertSchema } from './store.ts';

/** Where the micro-benchmark leaves its figures, in the folder of the results. */
export const MICRO_FILE = 'micro.json';

/**
 * The figures of the last micro-benchmark, where they were measured on a machine and a Node like these.
 *
 * @param folder of the results
 * @returns `undefined` where there are none, or none that hold here
 */
export function readMicro(folder: string, { cpuModel, node }: Environment): Micro | undefined {
  try {
    const candidate: unknown = JSON.parse(readFileSync(join(folder, MICRO_FILE), 'utf8'));
    assertSchema(Micro, candidate, MICRO_FILE, 'usage');
    const micro = candidate as Micro;
    return micro.cpuModel === cpuModel && micro.node === node ? micro : undefined;
  } catch {
    return undefined; // an aside of the report: a run does not fail for it
  }
}
