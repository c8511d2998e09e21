import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commandWords } from '../../../bench/basics/command-words.ts';

test('words are split at blanks, and kept together by quotes and backslashes', () => {
  const table: [command: string, words: string[]][] = [
    ['./server --port {port}', ['./server', '--port', '{port}']],
    ['  a \t b\nc ', ['a', 'b', 'c']],
    [`node -e 'a "b" c' ''`, ['node', '-e', 'a "b" c', '']],
    [String.raw`x "say \"hi\" \n" y\ z`, ['x', String.raw`say "hi" \n`, 'y z']],
    [`--name='a b'"c d"e`, ['--name=a bc de']],
    ['x http://h/?a=* ~/f', ['x', 'http://h/?a=*', '~/f']],
    [`sh -c 'cd x && npm start > log'`, ['sh', '-c', 'cd x && npm start > log']],
  ];
  for (const [command, words] of table) assert.deepEqual(commandWords(command), words, command);
});

test('what is no command says why, and what a shell would do says how to have one', () => {
  const table: [command: string, message: RegExp][] = [
    ['', /^'': there is no command\. Nothing was started\.$/],
    ['  ', /there is no command/],
    [`a 'b c`, /' is not closed/],
    ['a "b', /" is not closed/],
    ['a \\', /\\ is not closed/],
    ['cd x && npm start', /& takes a shell, and none is used; write sh -c 'cd x && npm start'/],
    ['a | b', /\| takes a shell/],
    ['a $HOME', /\$ takes a shell/],
    ['PORT=1 node s.js', /setting a variable takes a shell/],
  ];
  for (const [command, message] of table)
    assert.throws(() => commandWords(command), { reason: 'usage', code: 'COMMAND', message }, command);
});
