import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Surroundings } from '../../../bench/command/command.ts';
import { recordedOutput } from './terminal/fake-run.ts';

/** A folder that goes when the test is over, without symbolic links in its path. */
export async function temporaryDirectory(t: TestContext): Promise<string> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), 'pushbench-cli-')));
  t.after(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** A working folder of its own and recorded outputs, which are no terminals. */
export async function fakeSurroundings(t: TestContext) {
  const cwd = await temporaryDirectory(t);
  const stdout = recordedOutput();
  const stderr = recordedOutput();
  const surroundings: Surroundings = {
    stdout: stdout.output,
    stderr: stderr.output,
    env: {},
    cwd,
    results: join(cwd, 'results'),
  };
  return { cwd, surroundings, stdout: stdout.text, stderr: stderr.text };
}
