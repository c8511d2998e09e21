import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { publishing, serverUrl } from '../../../bench/command/target-values.ts';
import { comparedOf } from '../../../bench/command/target-flags.ts';
import { doorMistakes } from '../../../bench/command/door-mistakes.ts';
import type { Target } from '../../../bench/result/target.ts';
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
  assert.equal(alone.targets![0]!.start!.cwd, folder, 'it is started where the file is');
  assert.deepEqual(comparedOf({ targetFiles: ['builtin', 'go.json'] }, false, folder).transports, ['sse', 'go:sse']);
});

test('without targets all is as it was', () => {
  assert.deepEqual(comparedOf({}, false, '/'), {
    transports: ['polling', 'long-polling', 'sse', 'websocket'],
    mistakes: [],
  });
});

test('polls are measured where their paths say what a client has had', () => {
  const flags = { starts: ['./x'], pollPath: '/poll?after={after}', longPollPath: '/held' };
  assert.deepEqual(comparedOf(flags, false, '/').transports, [
    'polling',
    'long-polling',
    'mine:polling',
    'mine:long-polling',
  ]);
  const latest = { starts: ['./x'], pollPath: '/latest' };
  assert.match(
    comparedOf(latest, false, '/').mistakes.join(),
    /mine: polling: \/latest does not say what the client has already: put \{after\}/,
  );
  assert.deepEqual(comparedOf({ ...latest, pollLatest: true }, false, '/').mistakes, []);
  assert.deepEqual(comparedOf({ ...latest, pollPath: '/queue/{client}' }, false, '/').mistakes, []);
  assert.match(comparedOf({ ...START, ssePath: '/x?{after}' }, false, '/').mistakes.join(), /\{after\}: is for polls/);
});

test('what a target says that clients say is judged before anything is started', () => {
  const target = (headers: Record<string, string>): Target => ({
    name: 'x',
    start: { command: ['./x'] },
    publish: 'stdin',
    transports: { sse: { path: '/', headers } },
  });
  const mistakes = (headers: Record<string, string>) =>
    doorMistakes(target(headers), false, { KEY: 'k', TWO: 'a\nb' }).join();
  assert.equal(mistakes({ Authorization: 'Bearer {env:KEY}' }), '');
  assert.match(mistakes({ a: '{env:NONE}' }), /target x: \{env:NONE\}: no such variable in the environment; set it/);
  assert.match(mistakes({ Host: 'elsewhere' }), /sse: header Host: is not for a target to say/);
  assert.match(mistakes({ 'two words': '' }), /header 'two words': is no name of one/);
  assert.match(mistakes({ a: '{env:TWO}' }), /header a: its value must be of printable ASCII/);
});

test('each mistake is told with what to do', (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'broken.json'), '{');
  writeFileSync(join(folder, 'strange.json'), '{"name":"x"}');
  const mistakes = (flags: Parameters<typeof comparedOf>[0]) => comparedOf(flags, false, folder).mistakes.join('\n');
  assert.match(mistakes({ starts: ['./x'] }), /--start: says not where clients find its ticks; add --sse/);
  assert.match(
    mistakes({ websocketPath: '/ws' }),
    /--ws: is a path of the server that --start starts, or that --target names; add --start/,
  );
  assert.match(mistakes({ ...START, names: ['a', 'b'] }), /--name b: names no server; give one --start or --target/);
  assert.match(mistakes({ ...START, names: ['sse'] }), /that name is taken/);
  assert.match(mistakes({ ...START, names: ['A b'] }), /its name must be of/);
  assert.match(mistakes({ starts: ['./x', './y'], names: ['a', 'a'], ssePath: '/' }), /stands there twice/);
  assert.match(mistakes({ targetFiles: ['missing.json'] }), /no such file \(ENOENT\); allowed: builtin, .* path/);
  assert.match(mistakes({ targetFiles: ['cetrifugo'] }), /did you mean centrifugo\?/);
  assert.match(mistakes({ targetFiles: ['broken.json'] }), /is not JSON: /);
  assert.match(mistakes({ targetFiles: ['strange.json'] }), /must have required property 'publish'/);
});

const ATTACHED = { urls: ['http://127.0.0.1:3000'], publish: { http: { path: '/publish' } }, ssePath: '/events' };

test('a server that runs already is published to and metered as its flags say', () => {
  const { transports, targets, mistakes } = comparedOf({ ...ATTACHED, pidFile: 'run/pid' }, false, '/home/me');
  assert.deepEqual(mistakes, []);
  assert.deepEqual(transports, ['sse', 'mine:sse']);
  assert.deepEqual(targets, [
    {
      name: 'mine',
      attach: { url: 'http://127.0.0.1:3000', pidFile: '/home/me/run/pid' },
      publish: { http: { path: '/publish' } },
      transports: { sse: { path: '/events' } },
    },
  ]);
});

test('names are of those that are started, then of those that run already, and only these are published to', () => {
  const { targets } = comparedOf({ ...ATTACHED, starts: ['./old'], names: ['old', 'new'] }, false, '/');
  assert.deepEqual(
    targets!.map(({ name, publish }) => [name, typeof publish]),
    [
      ['old', 'string'],
      ['new', 'object'],
    ],
  );
  const { targets: own } = comparedOf({ starts: ['./own'], ssePath: '/', publish: 'self' }, false, '/');
  assert.equal(own![0]!.publish, 'self');
});

test('what does not go together with a server that runs already is told with what to do', (t) => {
  const folder = temporaryFolder(t);
  const mistakes = (flags: Parameters<typeof comparedOf>[0]) => comparedOf(flags, false, folder).mistakes.join('\n');
  const { urls, ssePath, publish } = ATTACHED;
  assert.match(mistakes({ urls, ssePath }), /^--target: says not how ticks come to it; add --publish/);
  assert.match(mistakes({ urls, publish }), /^--target: says not where clients find its ticks; add --sse/);
  assert.match(mistakes({ urls, ssePath, publish: 'self' }), /^--publish self: .* cannot be told so/);
  assert.match(mistakes({ publish }), /^--publish: is how ticks come to/);
  assert.match(mistakes({ ...START, pid: 7 }), /^--pid: is of the server that --target names/);
  assert.match(
    mistakes({ ...ATTACHED, urls: [...urls, ...urls], names: ['a', 'b'], cgroup: '/x' }),
    /^--cgroup: says not/,
  );
  assert.match(mistakes({ ...ATTACHED, pid: 7, cgroup: '/x' }), /^--pid, --cgroup: each says what is metered/);
  const file = (target: object) => {
    writeFileSync(
      join(folder, 'one.json'),
      JSON.stringify({ name: 'one', transports: { sse: { path: '/' } }, ...target }),
    );
    return mistakes({ targetFiles: ['one.json'] });
  };
  const attach = { url: 'http://localhost:1' };
  assert.match(file({ publish: 'stdin' }), /it needs either "start" or "attach"/);
  assert.match(file({ attach, start: { command: ['x'] }, publish }), /it needs either "start" or "attach"/);
  assert.match(file({ attach, publish: 'stdin' }), /runs already, so that publish "stdin" cannot reach it/);
  assert.match(file({ attach: { ...attach, pid: 1, cgroup: '/' }, publish }), /is metered by one of/);
  assert.match(file({ attach: { url: 'https://localhost:1' }, publish }), /must match pattern/);
});

test('where a server runs is scheme, host and port', () => {
  const { parse } = serverUrl();
  assert.deepEqual(parse('http://localhost:3000/'), { value: 'http://localhost:3000' });
  assert.deepEqual(parse('http://[::1]:3000'), { value: 'http://[::1]:3000' });
  const problems: [given: string, problem: RegExp][] = [
    ['127.0.0.1:3000', /^has no scheme; write http:\/\/127/],
    ['https://localhost', /TLS is not measured yet/],
    ['ws://localhost/x', /give its path by --ws/],
    ['http://localhost:3000/events', /^has a path/],
    ['http://me:secret@localhost', /^has a login/],
    ['ftp://localhost', /^is no address/],
    ['http://:3000', /^is no address/],
  ];
  for (const [given, problem] of problems) {
    const parsed = parse(given);
    assert.match('problem' in parsed ? parsed.problem : '', problem, given);
  }
});

test('how ticks come to it is a method, a path and a body, or a word', () => {
  const { parse } = publishing();
  const http = { method: 'POST', path: '/p', headers: { 'content-type': 'application/json' } };
  assert.deepEqual(parse('self'), { value: 'self' });
  assert.deepEqual(parse('POST /p'), { value: { http } });
  assert.deepEqual(parse('post /p {"a": {tick}}'), { value: { http: { ...http, body: '{"a": {tick}}' } } });
  const problems: [given: string, problem: RegExp][] = [
    ['/p', /^names no method; write 'POST \/p'/],
    ['POST', /^is neither/],
    ['POST p', /is no path/],
    ['POST http://localhost/p', /^has an address/],
    ['POST /p {"a":1}', /^has a body without \{tick\}/],
  ];
  for (const [given, problem] of problems) {
    const parsed = parse(given);
    assert.match('problem' in parsed ? parsed.problem : '', problem, given);
  }
});

test('a target file may name its schema, for editors', (t) => {
  const folder = temporaryFolder(t);
  const target = { name: 'one', start: { command: ['x'] }, publish: 'stdin', transports: { sse: { path: '/' } } };
  writeFileSync(join(folder, 'one.json'), JSON.stringify({ $schema: './target.schema.json', ...target }));
  const { mistakes, targets } = comparedOf({ targetFiles: ['one.json'] }, false, folder);
  assert.deepEqual(mistakes, []);
  assert.deepEqual(targets, [{ ...target, start: { ...target.start, cwd: folder } }]);
});
