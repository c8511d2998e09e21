import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { findProxy } from '../../../bench/proxy/find-proxy.ts';
import { filledConfig } from '../../../bench/proxy/run-proxy.ts';
import { temporaryFolder } from '../../helpers/temporary.ts';

test('a word of --via is no proxy, one of those that come along, or a configuration of your own', (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'My nginx.conf'), 'listen {listen}; proxy_pass http://{upstream};');
  assert.equal(findProxy('none', folder), null);
  assert.equal(findProxy('nginx', folder)?.name, 'nginx:tuned');
  assert.equal(findProxy('envoy:stock', folder)?.program, 'envoy');
  assert.deepEqual(findProxy('./My nginx.conf', folder), {
    name: 'nginx:my-nginx',
    program: 'nginx',
    config: 'listen {listen}; proxy_pass http://{upstream};',
  });
  assert.equal(findProxy('caddy:./My nginx.conf', folder)?.name, 'caddy:my-nginx');
});

test('what names no proxy is told with what is allowed', (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'nginx.conf'), 'listen 80;');
  assert.throws(() => findProxy('squid', folder), /squid is none that is known; allowed: none, nginx:stock/);
  assert.throws(() => findProxy('nginx:./gone.conf', folder), /there is no file \.\/gone\.conf/);
  assert.throws(() => findProxy('./nginx.conf', folder), /has no \{listen\} in it/);
});

test('a configuration is filled in with where it listens and what is behind it; other braces stay', () => {
  const config =
    '{listen} {listen_host} {listen_port} {upstream} {upstream_host} {upstream_port} {dir} {cores} {files} {x} { }';
  const way = { host: '127.0.0.1', upstream: { host: '127.0.0.2', port: 80 }, clients: 10, cores: [1] };
  assert.equal(
    filledConfig({ name: 'nginx:x', program: 'nginx', config }, way, 8080, '/d', 500),
    '127.0.0.1:8080 127.0.0.1 8080 127.0.0.2:80 127.0.0.2 80 /d 1 500 {x} { }',
  );
});
