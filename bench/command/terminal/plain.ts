import type { RunEvent } from '../../run/run-event.ts';
import type { Cell } from '../../result/schema.ts';
import { formatClock } from '../../basics/amounts.ts';
import { cellName, figureParts, placeParts, reasonTeller, trialNumber, trialText } from './position.ts';
import type { Progress } from './progress-display.ts';
import type { Output } from './style.ts';
import { visible } from '../../basics/shown.ts';
import { varying } from '../../result/cell.ts';

const LINE_EVERY_MS = 10_000;

/**
 * For logs: one line a trial, and one every ten seconds while it runs; below a trial what its status means, where no
 * earlier one had it. No carriage returns, no colours.
 */
export function plainProgress(output: Output, nowMs: () => number = () => performance.now()): Progress {
  let varies: ReadonlySet<keyof Cell> = new Set();
  let lineAtMs = nowMs();
  const newReasons = reasonTeller();
  const line = (text: string) => {
    lineAtMs = nowMs();
    output.write(`${text}\n`);
  };

  return {
    handle: (event: RunEvent) => {
      switch (event.type) {
        case 'run-start':
          varies = varying(event.plan.cells);
          line(
            `run ${visible(event.id)}: ${event.trials} trials, about ${formatClock(event.estimatedMs)}, into ${visible(event.directory)}`,
          );
          return;
        case 'trial-start':
          return;
        case 'trial-progress':
          if (nowMs() - lineAtMs < LINE_EVERY_MS) return;
          line(
            [
              [`${trialNumber(event)} ${cellName(event.cell, varies)}`, ...placeParts(event), eta(event)].join(' · '),
              ...figureParts(event, false),
            ].join(' | '),
          );
          return;
        case 'trial-end':
          line(`${trialNumber(event)} ${cellName(event.cell, varies)} · ${trialText(event.trial)} · ${eta(event)}`);
          for (const reason of newReasons(event.trial)) line(`  ${reason}`);
          return;
        case 'run-end':
          line(`run ${event.result.run.status}: ${event.result.trials.length} trials`);
      }
    },
    stop: () => {},
  };
}

function eta({ etaMs }: { etaMs: number }): string {
  return `ETA ${formatClock(etaMs)}`;
}
