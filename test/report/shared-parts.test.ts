import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Compile } from 'typebox/schema';
import { sharedParts } from '../../report/bundle.ts';
import { fixtureResult } from '../helpers/result-fixture.ts';

const SCHEMA = JSON.parse(
  readFileSync(new URL('../../bench/result/result.schema.json', import.meta.url), 'utf8'),
) as object;

test('what stands several times in a schema stands once, and the same results hold to it', () => {
  const shared = sharedParts(SCHEMA);
  assert.ok(JSON.stringify(shared).length < 0.8 * JSON.stringify(SCHEMA).length);
  const [whole, short] = [Compile(SCHEMA), Compile(shared)];
  const result = fixtureResult();
  const broken: ((copy: ReturnType<typeof fixtureResult>) => void)[] = [
    () => undefined,
    (copy) => Reflect.set(copy.trials[0]!.latencyUs, 'p50', 'fast'),
    (copy) => Reflect.set(copy.trials[0]!.ageUs, 'more', 1),
    (copy) => Reflect.deleteProperty(copy.trials[0]!.connectUs, 'count'),
    (copy) => Reflect.set(copy.plan.settings, 'blocks', 0),
  ];
  const judged = broken.map((harm) => {
    const copy = structuredClone(result);
    harm(copy);
    return [whole.Check(copy), short.Check(copy)];
  });
  assert.deepEqual(judged, [[true, true], ...broken.slice(1).map(() => [false, false])]);
});
