// Writes the JSON Schemas of result files and capacity searches from the TypeBox schemas that also give the types: `npm run schema`.
import { fileURLToPath } from 'node:url';
import { CAPACITY_SCHEMA_VERSION, CapacityResult } from '../bench/result/capacity-schema.ts';
import { RunResult, SCHEMA_VERSION } from '../bench/result/schema.ts';
import { writeOrCheck } from './generated.ts';

const schema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: `pushbench result, schema version ${SCHEMA_VERSION}`,
  description: 'Times are microseconds on the monotonic clock of the host unless a name says otherwise.',
  ...RunResult,
};

writeOrCheck(
  fileURLToPath(new URL('../bench/result/result.schema.json', import.meta.url)),
  `${JSON.stringify(schema, null, 2)}\n`,
  'npm run schema',
);

writeOrCheck(
  fileURLToPath(new URL('../bench/result/capacity.schema.json', import.meta.url)),
  `${JSON.stringify(
    {
      $schema: 'http://json-schema.org/draft-07/schema#',
      title: `pushbench capacity search, schema version ${CAPACITY_SCHEMA_VERSION}`,
      ...CapacityResult,
    },
    null,
    2,
  )}\n`,
  'npm run schema',
);
