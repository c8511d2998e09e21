// Runs before `npm run bench` and `npm test`, on whatever Node the machine has (20 or later): installs the locked
// dependencies, among them the Node that the project itself runs on, when they are missing or older than the lock file.
// Depends on nothing that must be installed first, and costs a few file looks when there is nothing to do.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync, utimesSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installCommand, runnerProblem } from './npm.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const lock = join(root, 'package-lock.json');
const installed = join(root, 'node_modules', '.package-lock.json'); // npm writes it last, so it marks a whole install
const node = join(root, 'node_modules', '.bin', process.platform === 'win32' ? 'node.cmd' : 'node');

/** @param {string} what says what happened, and what to do */
function fail(what) {
  process.stderr.write(`pushbench: ${what}\n`);
  process.exit(1);
}

function isCurrent() {
  return existsSync(installed) && existsSync(node) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs;
}

const problem = runnerProblem(process.env, process.versions.node);
if (problem !== null) fail(problem);

if (!isCurrent()) {
  process.stderr.write('pushbench: installing the locked dependencies (once, about half a minute) ...\n');
  const [command, args] = installCommand(process.env, process.execPath);
  const install = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', process.stderr.fd, process.stderr.fd],
    shell: process.platform === 'win32' && command === 'npm', // npm is a batch file there
  });
  if (install.error?.code === 'ENOENT')
    fail('npm is needed to install the locked dependencies, and was not found on the path.');
  if (install.status !== 0)
    fail(
      `'npm ci' failed (${install.error?.message ?? `exit ${install.status}`}). Run it yourself in ${root} to see why; it needs the npm registry once.`,
    );
  if (!existsSync(node))
    fail(
      "the install brought no Node of its own. npm's 'ignore-scripts' setting may be on: run 'npm ci --ignore-scripts=false'.",
    );
  const now = new Date();
  utimesSync(installed, now, now); // a clone may date the lock file later than npm dates its own
}
