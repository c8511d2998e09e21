import { test } from 'node:test';
import { assertCovered, SERVERS } from './covered.ts';

// Three of the servers take few steps, and are searched as often as in test:long; the others a third as often.
for (const [name, server, truth] of SERVERS) {
  const [searches, fewest] = /calm|usual|noisy/.test(name) ? [300, 274] : [100, 89];
  test(`the interval of a server ${name} covers the truth as often as it says`, () =>
    assertCovered(server, truth, searches, fewest));
}
