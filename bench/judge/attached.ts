// What should be known of servers that ran before the run: of the run as a whole, so no gate of a trial says it. A caution on
// each of their trials would hide the cautions that concern one.
import { enumerate } from '../basics/amounts.ts';
import type { Settings } from '../result/schema.ts';
import { visible } from '../basics/shown.ts';

/** Sentences, without their ends; none where every server is started anew for each trial. */
export function attachedTexts({ targets = [] }: Pick<Settings, 'targets'>): string[] {
  const attached = targets.filter(({ attach }) => attach);
  const unmetered = attached.filter(({ attach }) => Object.keys(attach!).length === 1); // its url
  const named = (some: typeof targets) => enumerate(some.map(({ name }) => visible(name)));
  return [
    ...(attached.length === 0
      ? []
      : [
          `${named(attached)} ran before and ${attached.length === 1 ? 'is' : 'are'} not started anew (NOT_FRESH): what a trial leaves behind is there ` +
            'in the next, so that blocks are weaker evidence',
        ]),
    ...(unmetered.length === 0
      ? []
      : [
          `CPU and memory of ${named(unmetered)} are not measured, and nobody sees a restart or what other programs take (OTHER_PROGRAMS): ` +
            'say which processes it is, by --pid, --pid-file or --cgroup',
        ]),
  ];
}
