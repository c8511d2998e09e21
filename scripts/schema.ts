// Writes the JSON Schemas of result files, capacity searches and target files from the TypeBox schemas that also give the types: `npm run schema`.
import { fileURLToPath } from 'node:url';
import { CAPACITY_SCHEMA_VERSION, CapacityResult } from '../bench/result/capacity-schema.ts';
import { RunResult, SCHEMA_VERSION } from '../bench/result/schema.ts';
import { Target } from '../bench/result/target.ts';
import { writeOrCheck } from './generated.ts';

write('result', {
  title: `pushbench result, schema version ${SCHEMA_VERSION}`,
  description: 'Times are microseconds on the monotonic clock of the host unless a name says otherwise.',
  ...RunResult,
});
write('capacity', {
  title: `pushbench capacity search, schema version ${CAPACITY_SCHEMA_VERSION}`,
  ...CapacityResult,
});

// An editor that is told of the schema in a file's own "$schema" helps to write it.
write('target', {
  title: 'pushbench target file',
  ...Target,
  properties: { $schema: { type: 'string' }, ...Target.properties },
});

function write(name: string, schema: object): void {
  const path = fileURLToPath(new URL(`../bench/result/${name}.schema.json`, import.meta.url));
  const whole = { $schema: 'http://json-schema.org/draft-07/schema#', ...schema };
  writeOrCheck(path, `${JSON.stringify(whole, null, 2)}\n`, 'npm run schema');
}
