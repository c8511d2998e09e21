import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tryMeans, type Tried } from '../../../../bench/machine/network/means.ts';

const FINE: Tried = { status: 0, said: '' };

/** A machine on which everything can be done but what the function says otherwise of. */
function on(answer: (line: string) => Tried | undefined) {
  return tryMeans('linux', (command) => {
    const said = answer(command.join(' '));
    return said === undefined ? FINE : said;
  });
}

const problemOf = (means: ReturnType<typeof tryMeans>) => ('problem' in means ? means.problem : 'none');

test('root makes plain namespaces, others user namespaces, perl comes before python3', () => {
  assert.deepEqual(
    on(() => undefined),
    { isUser: false, opener: 'perl' },
  );
  assert.deepEqual(
    on((line) => (line === 'unshare -n sh -c :' ? { status: 1, said: '' } : undefined)),
    {
      isUser: true,
      opener: 'perl',
    },
  );
  assert.deepEqual(
    on((line) => (line.includes(' perl ') ? { status: 127, said: 'no perl' } : undefined)),
    {
      isUser: false,
      opener: 'python3',
    },
  );
});

test('what is missing is told in one sentence, with how to get it', () => {
  assert.match(problemOf(tryMeans('darwin', () => FINE)), /only Linux/);
  assert.match(
    problemOf(on((line) => (line.startsWith('ip ') ? null : undefined))),
    /ip, which was not found: install iproute2/,
  );
  assert.match(
    problemOf(on((line) => (line.endsWith('-n sh -c :') ? { status: 1, said: 'Operation not permitted' } : undefined))),
    /\(Operation not permitted\): run as root/,
  );
  const closed = { status: 255, said: '/dev/net/tun: Permission denied' };
  assert.match(
    problemOf(on((line) => (/perl|python3/.test(line) ? closed : undefined))),
    /Permission denied.*\/dev\/net\/tun/,
  );
  const none = { status: 127, said: 'not found' };
  assert.match(problemOf(on((line) => (/perl|python3/.test(line) ? none : undefined))), /perl or python3/);
});
