import assert from 'node:assert/strict';
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const PAPERS = globSync(['*.md', 'docs/*.md', 'bench/README.md'], { cwd: root });
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const isThere = (path: string) => globSync(path, { cwd: root }).length > 0;

/** What stands in the text and not in a block of code, where a path is what the program prints or the reader types. */
const prose = (paper: string) => read(paper).replaceAll(/^```.*?^```/gms, '');

/** Runs write there; of it only the sample is in the repository. */
const isWritten = (path: string) => /^results\/(?!sample)/.test(path);

const SOURCE = /\.(ts|mjs|json|md|css|html|svg)$/;

/** Whether code in a text is meant as a path: one with a slash whose first name is here, or whose last is a folder or a source. */
function looksLikePath(code: string, folder: string): boolean {
  if (!/^[\w.*{,}-]+(\/[\w.*{,}-]*)+$/.test(code)) return false;
  const [first = ''] = code.split('/');
  return (
    [root, join(root, folder)].some((at) => existsSync(join(at, first))) || code.endsWith('/') || SOURCE.test(code)
  );
}

/** The name that a heading is linked by. */
function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\w\s-]/g, '')
    .trim()
    .replaceAll(/\s/g, '-');
}

test('every path that the papers name in code is in the repository', () => {
  const gone = PAPERS.flatMap((paper) => {
    const folder = dirname(paper);
    return [...prose(paper).matchAll(/`([^`\n]+)`/g)]
      .map(([, code = '']) => code)
      .filter((code) => looksLikePath(code, folder) && !isWritten(code))
      .filter((code) => !isThere(code) && !isThere(join(folder, code)))
      .map((code) => `${paper}: ${code}`);
  });
  assert.deepEqual(gone, []);
});

test('every link of the papers leads to a file in the repository, and to a heading in it', () => {
  const broken = PAPERS.flatMap((paper) =>
    [...prose(paper).matchAll(/\]\(([^)\s]+)\)|(?:src|srcset|href)="([^"]+)"/g)]
      .map(([, link, attribute]) => link ?? attribute ?? '')
      .filter((target) => !/^https?:/.test(target))
      .filter((target) => {
        const [path = '', fragment] = target.split('#');
        const file = path === '' ? paper : normalize(join(dirname(paper), path));
        if (!isThere(file)) return true;
        const headings = [...prose(file).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchor(heading));
        return fragment !== undefined && !headings.includes(fragment);
      })
      .map((target) => `${paper}: ${target}`),
  );
  assert.deepEqual(broken, []);
});

test('every npm script that the papers name exists', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const unknown = PAPERS.flatMap((paper) =>
    [...read(paper).matchAll(/npm run (?:-s )?([\w:-]+)/g)]
      .filter(([, name = '']) => !Object.hasOwn(scripts, name))
      .map(([text]) => `${paper}: ${text}`),
  );
  assert.deepEqual(unknown, []);
});

test('the picture of the house has every room of bench and server, and none that is gone', () => {
  const drawn = [...read('docs/house.svg').matchAll(/data-path="([^"]+)"/g)].map(([, path = '']) => path);
  const rooms = ['bench', 'server'].flatMap((wing) =>
    readdirSync(join(root, wing), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => `${wing}/${name}`),
  );
  assert.deepEqual(
    rooms.filter((room) => !drawn.includes(room)),
    [],
  );
  assert.deepEqual(
    drawn.filter((path) => !isThere(path)),
    [],
  );
});
