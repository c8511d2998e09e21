import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressProblems, resolveAddress, resolveAim } from '../../../bench/machine/address.ts';

const problems = (host: string, options: { unsafeBind?: boolean; ownTarget?: string } = {}) =>
  addressProblems({ host, unsafeBind: options.unsafeBind ?? false, ownTarget: options.ownTarget }, host);

test('loopback is always allowed', () => {
  for (const host of ['127.0.0.1', '127.9.9.9', '::1']) assert.deepEqual(problems(host), [], host);
});

test('what others can reach needs --unsafe-bind', () => {
  for (const host of ['0.0.0.0', '::', '10.1.2.3', '172.31.0.1', '192.168.0.1', '169.254.1.1', 'fd00::1', 'fe80::1']) {
    assert.match(problems(host).join(), /^--host \S+: others could reach.*--unsafe-bind/, host);
    assert.deepEqual(problems(host, { unsafeBind: true }), [], host);
  }
});

test('beyond private networks exactly that host must be vouched for', () => {
  for (const host of ['8.8.8.8', '172.32.0.1', '11.0.0.1', '2001:4860::8888', '::ffff:8.8.8.8']) {
    const bound = { unsafeBind: true };
    assert.match(problems(host, bound).join(), /neither loopback nor a private address.*--i-own-this-target/, host);
    assert.equal(problems(host, { ...bound, ownTarget: '8.8.4.4' }).length, 1, host);
    assert.deepEqual(problems(host, { ...bound, ownTarget: host }), [], host);
  }
});

test('an address is resolved once, and a wildcard is aimed at by loopback', async () => {
  const asked = { unsafeBind: true, ownTarget: undefined };
  assert.deepEqual(await resolveAddress({ ...asked, host: '0.0.0.0' }), { listen: '0.0.0.0', aim: '127.0.0.1' });
  assert.deepEqual(await resolveAddress({ ...asked, host: '::' }), { listen: '::', aim: '::1' });
  const { listen, aim } = await resolveAddress({ ...asked, host: 'localhost' });
  assert.match(listen, /^(127\.0\.0\.1|::1)$/);
  assert.equal(aim, listen);
});

test('the policy looks at what a name resolves to, and a name that does not is a target unknown', async () => {
  await assert.rejects(resolveAddress({ host: '8.8.8.8', unsafeBind: false, ownTarget: undefined }), {
    reason: 'usage',
    code: 'ADDRESS',
  });
  await assert.rejects(resolveAddress({ host: 'no-such-host.invalid', unsafeBind: true, ownTarget: undefined }), {
    reason: 'target',
    code: 'TARGET_UNKNOWN',
    message: /no-such-host\.invalid.*\((ENOTFOUND|EAI_AGAIN)\)/,
  });
});

test('a server that is there already need not be bound: private networks may be aimed at, others where they are vouched for', async () => {
  for (const host of ['127.0.0.1', '::1', '10.1.2.3', 'fd00::1'])
    assert.equal(await resolveAim(host, host, undefined), host);
  assert.equal(await resolveAim('0.0.0.0', 'x', undefined), '127.0.0.1');
  assert.equal(await resolveAim('8.8.8.8', 'x', '8.8.8.8'), '8.8.8.8');
  await assert.rejects(resolveAim('8.8.8.8', 'mine, http://8.8.8.8:80', undefined), {
    reason: 'usage',
    message: /^mine, http:\/\/8\.8\.8\.8:80: neither loopback nor a private address.*--i-own-this-target 8\.8\.8\.8/,
  });
});
