import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { comparedOf } from '../../../bench/command/target-flags.ts';
import { temporaryFolder } from '../../helpers/temporary.ts';

const START = { starts: ["./server --port {port} 'two words'"], ssePath: '/events' };

test('a started server is compared with the built-in one, in the transports that it has', () => {
  const { transports, targets, mistakes } = comparedOf({ ...START, websocketPath: '/ws' }, false, '/home/me');
  assert.deepEqual(mistakes, []);
  assert.deepEqual(transports, ['sse', 'websocket', 'mine:sse', 'mine:websocket']);
  assert.deepEqual(targets, [
    {
      name: 'mine',
      start: { command: ['./server', '--port', '{port}', 'two words'], cwd: '/home/me' },
      publish: 'stdin',
      transports: { sse: { path: '/events' }, websocket: { path: '/ws' } },
    },
  ]);
  assert.deepEqual(comparedOf({ ...START, transports: ['sse', 'polling'] }, true, '/').transports, [
    'sse',
    'polling',
    'mine:sse',
  ]);
});

test('two builds of one server have names, and the built-in one can be left out', () => {
  const two = { starts: ['./old', './new'], names: ['old', 'new'], ssePath: '/events' };
  assert.deepEqual(comparedOf(two, false, '/').transports, ['sse', 'old:sse', 'new:sse']);
});

test('the built-in one has no part in a comparison of started ones with one of them, unless it is asked for', () => {
  const two = { starts: ['./old', './new'], names: ['old', 'new'], ssePath: '/events' };
  const transports = (flags: { baseline: string; targetFiles?: string[] }) =>
    comparedOf({ ...two, ...flags }, false, '/').transports;
  assert.deepEqual(transports({ baseline: 'old' }), ['old:sse', 'new:sse']);
  assert.deepEqual(transports({ baseline: 'old:sse' }), ['old:sse', 'new:sse']);
  assert.deepEqual(transports({ baseline: 'builtin' }), ['sse', 'old:sse', 'new:sse']);
  assert.deepEqual(transports({ baseline: 'old', targetFiles: ['builtin'] }), ['sse', 'old:sse', 'new:sse']);
  assert.deepEqual(comparedOf({ ...START, baseline: 'mine' }, false, '/').transports, ['sse', 'mine:sse']);
});

test('a target file says all that flags say; the built-in server is there where it is named', (t) => {
  const folder = temporaryFolder(t);
  const file = {
    name: 'go',
    title: 'Go',
    start: { command: ['./sse', '{port}'] },
    publish: 'stdin',
    transports: { sse: { path: '/events' } },
  };
  writeFileSync(join(folder, 'go.json'), JSON.stringify(file));
  const alone = comparedOf({ targetFiles: ['go.json'] }, false, folder);
  assert.deepEqual(alone.transports, ['go:sse']);
  assert.equal(alone.targets![0]!.start.cwd, folder, 'it is started where the file is');
  assert.deepEqual(comparedOf({ targetFiles: ['builtin', 'go.json'] }, false, folder).transports, ['sse', 'go:sse']);
});

test('without targets all is as it was', () => {
  assert.deepEqual(comparedOf({}, false, '/'), {
    transports: ['polling', 'long-polling', 'sse', 'websocket'],
    mistakes: [],
  });
});

test('each mistake is told with what to do', (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'broken.json'), '{');
  writeFileSync(join(folder, 'strange.json'), '{"name":"x"}');
  const mistakes = (flags: Parameters<typeof comparedOf>[0]) => comparedOf(flags, false, folder).mistakes.join('\n');
  assert.match(mistakes({ starts: ['./x'] }), /--start: says not where clients find its ticks; add --sse/);
  assert.match(mistakes({ websocketPath: '/ws' }), /--ws: is a path of the server that --start starts; add --start/);
  assert.match(mistakes({ ...START, names: ['a', 'b'] }), /--name b: names no server/);
  assert.match(mistakes({ ...START, names: ['sse'] }), /that name is taken/);
  assert.match(mistakes({ ...START, names: ['A b'] }), /its name must be of/);
  assert.match(mistakes({ starts: ['./x', './y'], names: ['a', 'a'], ssePath: '/' }), /stands there twice/);
  assert.match(mistakes({ targetFiles: ['missing.json'] }), /cannot be read as JSON \(ENOENT/);
  assert.match(mistakes({ targetFiles: ['broken.json'] }), /cannot be read as JSON/);
  assert.match(mistakes({ targetFiles: ['strange.json'] }), /must have required property 'start'/);
});
