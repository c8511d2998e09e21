import assert from 'node:assert/strict';
import { test } from 'node:test';
import { filled, variablesIn } from '../../../bench/basics/placeholders.ts';

test('a client has its number, and the environment its variables, where they are named', () => {
  const env = { KEY: 'top {client}', EMPTY: '' };
  assert.equal(filled('{"id":{client},"n":"{client}"}', 12, env), '{"id":12,"n":"12"}');
  assert.equal(
    filled('Bearer {env:KEY}{env:EMPTY}', 0, env),
    'Bearer top {client}',
    'what a variable holds is no text of ours',
  );
  assert.equal(filled('{after} {} {env} {env:}', 0, env), '{after} {} {env} {env:}', 'what is none of them stays');
  assert.throws(
    () => filled('{env:MISSING}', 0, env),
    /\{env:MISSING\}: the environment has no variable of that name; set it/,
  );
});

test('the variables in a target are found wherever they stand', () => {
  const target = { sse: { headers: { a: '{env:A}' } }, websocket: { open: [{ send: '{env:B} {env:A} {client}' }] } };
  assert.deepEqual(variablesIn(target), ['A', 'B']);
});
