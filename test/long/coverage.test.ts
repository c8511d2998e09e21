// Three times as many searches of each server as test/bench/run/capacity/coverage.test.ts makes of most.
import { test } from 'node:test';
import { assertCovered, SERVERS } from '../bench/run/capacity/covered.ts';

for (const [name, server, truth] of SERVERS)
  test(`the interval of a server ${name} covers the truth as often as it says`, (t) => {
    assertCovered(server, truth, 300, 274);
    t.diagnostic('300 searches');
  });
