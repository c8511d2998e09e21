import { TRAITS, asksAtInterval } from '../../transports/traits.ts';
import { byId } from './dom.ts';
import { BOX_PX, pathOf } from '../../page/marks.ts';
import type { TransportCard } from './transport-card.ts';
import { laneMarks, type LaneFrame } from '../model/drawing.ts';

const SPAN_US = 8_000_000;
const NARROW_SPAN_US = 4_000_000;
const MARK_PX = 7;
const STEP_PX = 5;

/** Polling's lane is that much higher than the others: its towers need the room. */
const TALL = 1.7;

/** Room below the newest second, so that what has just come is not drawn half. */
const RIGHT_PX = 8;

const dark = matchMedia('(prefers-color-scheme: dark)');

/**
 * Returns what draws the last seconds: above, when ticks were due; below, a lane for each transport with a mark where a tick reached this
 * page. What one read brought stands on each other, so that polling builds towers where the others walk.
 */
export function lanesView(cards: readonly TransportCard[]): (nowUs: number) => void {
  const canvas = byId('lanes', HTMLCanvasElement);
  let isInView = true;
  new IntersectionObserver((entries) => {
    isInView = entries.at(-1)?.isIntersecting ?? true;
  }).observe(canvas);

  return (nowUs) => {
    const context = isInView ? contextOf(canvas) : null;
    if (!context) return;
    const { clientWidth: width, clientHeight: height } = canvas;
    const styles = getComputedStyle(canvas);
    const colour = (name: string) => styles.getPropertyValue(name).trim();
    const isNarrow = width < 560;
    const left = isNarrow ? 0 : 104;
    const dueHeight = 26;
    const unit = (height - dueHeight) / (cards.length + TALL - 1);
    const frame = {
      width: width - left - RIGHT_PX,
      nowUs,
      spanUs: isNarrow ? NARROW_SPAN_US : SPAN_US,
      stepPx: STEP_PX,
    };
    context.clearRect(0, 0, width, height);
    context.font = `12px ${colour('--sans')}`;
    context.textBaseline = 'middle';

    context.fillStyle = colour('--muted');
    if (!isNarrow) context.fillText('due', 0, dueHeight / 2);
    for (const x of dueMarks(cards, frame)) context.fillRect(left + x, dueHeight / 2 - 6, 1.5, 12);

    let top = dueHeight;
    for (const card of cards) {
      const laneHeight = asksAtInterval(card.id) ? TALL * unit : unit;
      const ground = top + laneHeight - 5;
      const look = TRAITS[card.id].look;
      context.fillStyle = colour('--grid');
      context.fillRect(left, ground + 2, frame.width + RIGHT_PX, 1);
      context.fillStyle = colour('--ink');
      if (isNarrow) context.fillText(look.label, 0, top + 10);
      else context.fillText(look.label, 0, ground - 6);
      context.fillStyle = dark.matches ? look.colour.dark : look.colour.light;
      // One path for all marks of a lane: hundreds of small ones would keep a slow machine busy.
      const marks = new Path2D();
      const sign = new Path2D(pathOf(look.shape));
      const scale = MARK_PX / BOX_PX;
      for (const { x, up } of laneMarks(card.channel.arrivals.items, { ...frame, maxUpPx: laneHeight - MARK_PX - 6 })) {
        marks.addPath(sign, { a: scale, d: scale, e: left + x - MARK_PX / 2, f: ground - up - MARK_PX });
      }
      // oxlint-disable-next-line unicorn/no-array-fill-with-reference-type -- a canvas, no array
      context.fill(marks);
      top += laneHeight;
    }
  };
}

type Frame = Pick<LaneFrame, 'width' | 'nowUs' | 'spanUs'>;

/** When ticks were due, as any of the transports has learnt it by now. */
function dueMarks(cards: readonly TransportCard[], { width, nowUs, spanUs }: Frame): Set<number> {
  const fromUs = nowUs - spanUs;
  const due = cards.flatMap(({ channel }) => channel.arrivals.items.map(({ dueUs }) => dueUs));
  return new Set(due.filter((dueUs) => dueUs >= fromUs).map((dueUs) => ((dueUs - fromUs) / spanUs) * width));
}

/** The canvas at the size that it has on the page now, in device pixels. */
function contextOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D | null {
  const scale = devicePixelRatio;
  const [width, height] = [Math.round(canvas.clientWidth * scale), Math.round(canvas.clientHeight * scale)];
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  // Asks for a canvas that the CPU paints. Where a GPU is only emulated, its commands pile up faster than they are done:
  // half a minute of them after a minute's flood of ticks.
  const context = canvas.getContext('2d', { willReadFrequently: true });
  context?.setTransform(scale, 0, 0, scale, 0, 0);
  return context;
}
