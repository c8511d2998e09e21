// Writes the JSON Schema of result files from the TypeBox schema that also gives the types: `npm run schema`.
import { fileURLToPath } from 'node:url';
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
