import type { RunResult } from '../../bench/result/schema.ts';
import { compareRuns } from '../../bench/judge/compare-runs.ts';
import { parseResult } from '../comparison/parse.ts';
import { comparisonView } from '../comparison/view.ts';
import { html, type Markup } from '../../server/page/html.ts';
import { embeddedResult } from './exports.ts';

/** Results of a thousand trials with their histograms have a tenth of it. */
const MAX_BYTES = 200 * 1024 * 1024;

/** The earlier of the two is A, whichever of them was opened second. */
function inOrder(own: RunResult, other: RunResult): [RunResult, RunResult] {
  return Date.parse(other.run.startedAt) < Date.parse(own.run.startedAt) ? [other, own] : [own, other];
}

/** The comparison, or what is wrong with the file in one sentence; never throws. */
async function compareWith(file: File): Promise<Markup> {
  const problem = (text: string) => html`<p class="notice" role="alert">${file.name} ${text}</p>`;
  if (file.size > MAX_BYTES) return problem('is too large for a result.');
  try {
    const parsed = await parseResult(await file.text());
    if ('problem' in parsed) return problem(parsed.problem);
    const own = await embeddedResult();
    if (parsed.result.run.id === own.run.id && parsed.result.run.startedAt === own.run.startedAt)
      return problem('is the run of this very page. Choose another one.');
    const [a, b] = inOrder(own, parsed.result);
    return comparisonView(compareRuns(a, b), a, b);
  } catch (error) {
    return problem(`could not be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Lets the reader put another run beside this one: by the file input, or by dropping a file anywhere. */
export function enableComparison(root: Document): void {
  const controls = root.querySelector<HTMLElement>('#chooser-of-runs');
  const place = root.querySelector<HTMLElement>('#comparison');
  const input = root.querySelector<HTMLInputElement>('#other-run');
  const close = root.querySelector<HTMLButtonElement>('#close-comparison');
  if (controls === null || place === null || input === null || close === null) return;
  controls.hidden = false;

  let latest = 0;
  const show = async (file: File | undefined) => {
    if (file === undefined) return;
    const mine = (latest += 1);
    const found = await compareWith(file);
    if (mine !== latest) return; // another file was chosen meanwhile
    place.innerHTML = found.source;
    close.hidden = false;
    root.getElementById('compare')?.scrollIntoView();
  };
  input.addEventListener('change', () => void show(input.files?.[0]));
  close.addEventListener('click', () => {
    latest += 1;
    place.replaceChildren();
    input.value = '';
    close.hidden = true;
    input.focus();
  });

  const isFile = ({ dataTransfer }: DragEvent) => dataTransfer?.types.includes('Files') === true;
  const mark = (isOver: boolean) => root.body.classList.toggle('dropping', isOver);
  root.addEventListener('dragover', (event) => {
    if (!isFile(event)) return;
    event.preventDefault(); // else the browser opens the file instead of this page
    mark(true);
  });
  root.addEventListener('dragleave', ({ relatedTarget }) => relatedTarget === null && mark(false));
  root.addEventListener('drop', (event) => {
    if (!isFile(event)) return;
    event.preventDefault();
    mark(false);
    void show(event.dataTransfer?.files[0]);
  });
}
