import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openFile } from '../../../bench/command/open-file.ts';
import { renderReport } from '../../../bench/command/render-report.ts';
import { temporaryDirectory } from './surroundings.ts';

const CLI = fileURLToPath(new URL('../../../bench/cli.ts', import.meta.url));

async function cli(t: TestContext, argv: string[], { closeStdout = false } = {}) {
  const cwd = await temporaryDirectory(t);
  const child = spawn(process.execPath, [CLI, ...argv], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  if (closeStdout) child.stdout.destroy();
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr, files: await readdir(cwd) };
}

describe('the program', () => {
  it('ends with 2 on bad flags before it touches anything', async (t) => {
    const { code, stdout, stderr, files } = await cli(t, ['--clinets', '5', '--rate', '1e9', '--out', 'x']);
    assert.equal(code, 2);
    assert.equal(stdout, '');
    assert.match(stderr, /2 mistakes[\s\S]*did you mean --clients\?[\s\S]*--rate 1e9:/);
    assert.deepEqual(files, []);
  });

  it('tells its version', async (t) => {
    const { code, stdout } = await cli(t, ['--version']);
    assert.equal(code, 0);
    assert.match(stdout, /^\d+\.\d+\.\d+\n$/);
  });

  it('ends quietly and well when nobody reads on', async (t) => {
    const { code, stderr } = await cli(t, ['--help'], { closeStdout: true });
    assert.deepEqual([code, stderr], [0, '']);
  });

  it('shows on this machine what it would do, and makes nothing', async (t) => {
    const { code, stdout, files } = await cli(t, ['--dry-run', '--json', '--clients', '10', '--seed', '3']);
    assert.equal(code, 0);
    const { plan } = JSON.parse(stdout) as { plan: { cells: unknown[]; settings: { seed: number } } };
    assert.deepEqual([plan.cells.length, plan.settings.seed], [4, 3]);
    assert.deepEqual(files, []);
  });
});

describe('the renderer', () => {
  it('says where the report is, or passes on what was wrong', async (t) => {
    const directory = await temporaryDirectory(t);
    const program = join(directory, 'render.mjs');
    await writeFile(program, 'console.log("noise")');
    assert.equal(await renderReport(directory, program), join(directory, 'report.html'));
    await writeFile(program, 'console.error("template \\u001b[2J lost"); process.exit(1)');
    await assert.rejects(renderReport(directory, program), {
      reason: 'defect',
      code: 'REPORT_FAILED',
      message: /exit 1[\s\S]*npm run bench -- report .*[\s\S]*template \\u001b\[2J lost/,
    });
  });
});

describe('the opener', () => {
  it('says what to do where the report could not be opened', async () => {
    assert.equal(await openFile('/r.html', [process.execPath, '-e', '']), null);
    assert.equal(
      await openFile('/r.html', [process.execPath, '-e', 'process.exit(3)', '--']),
      `The report was not opened: ${process.execPath} ended with exit 3. Open it yourself: /r.html`,
    );
    assert.match(
      (await openFile('/r.html', ['no-such-opener']))!,
      /there is no no-such-opener here\. Open it yourself/,
    );
  });
});
