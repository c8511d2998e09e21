import assert from 'node:assert/strict';
import { test } from 'node:test';
import { childEnvironment } from '../../../bench/machine/child-environment.ts';

test('server and agents are told of no proxy, and of everything else', () => {
  const proxies = {
    NODE_USE_ENV_PROXY: '1',
    HTTP_PROXY: 'http://127.0.0.1:9',
    http_proxy: 'http://127.0.0.1:9',
    HTTPS_PROXY: 'http://127.0.0.1:9',
    https_proxy: 'http://127.0.0.1:9',
    ALL_PROXY: 'http://127.0.0.1:9',
    all_proxy: 'http://127.0.0.1:9',
    NO_PROXY: 'localhost',
    no_proxy: 'localhost',
  };
  assert.deepEqual(childEnvironment({ ...proxies, PATH: '/bin', UV_THREADPOOL_SIZE: '8' }), {
    PATH: '/bin',
    UV_THREADPOOL_SIZE: '8',
  });
});

test('of what Node is told only the proxy is left out', () => {
  const left = (text: string) => childEnvironment({ NODE_OPTIONS: text })['NODE_OPTIONS'];
  assert.equal(left('--use-env-proxy'), undefined);
  assert.equal(left('--use_env_proxy --import=apm'), '--import=apm');
  assert.equal(left('--import=apm --use-env-proxy'), '--import=apm');
  assert.equal(left('--import=./--use-env-proxy.js'), '--import=./--use-env-proxy.js');
});
