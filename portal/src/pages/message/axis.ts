// The time axis of a message: its steps as places between 0 and 1, and what passed between them.
import type { Tone } from '@/parts/StateBadge';

/** `at` null: it is what the message waits for now. */
export type Step = { code: string; at: number | null; text: string };
export type Placed = Step & { place: number; tone: Tone };
export type Span = { from: number; to: number; ms: number; kind: 'wait' | 'way' | 'after' };
export type Axis = { steps: Placed[]; spans: Span[] };

const LEAST = 0.35; // of the width that a minute has: steps of the same moment stay apart
const MINUTE_MS = 60_000;
const ON_ITS_WAY = new Set(['attempt', 'taken_over', 'rerouted']);
const BAD = new Set(['rejected', 'unknown', 'forbidden', 'receipt_lost', 'interim_lost', 'replay_lost']);
const WAITS = new Set(['deferred', 'held', 'scheduled', 'rate', 'incomplete', 'receipt_deferred', 'interim_deferred']);
const GOOD = new Set(['arrived', 'receipt_delivered', 'interim_delivered', 'replay_delivered']);

export function toneOf(step: Step, endedWell: boolean): Tone {
  if (step.at === null) return 'wait';
  if (step.code === 'final') return endedWell ? 'good' : 'bad';
  if (BAD.has(step.code)) return 'bad';
  if (WAITS.has(step.code)) return 'wait';
  return GOOD.has(step.code) ? 'good' : ON_ITS_WAY.has(step.code) ? 'info' : 'off';
}

/** Time is drawn by its logarithm: milliseconds of radio and days of sleep fit into one picture. */
const widthOf = (ms: number): number => LEAST + Math.log1p(ms / 1_000) / Math.log1p(MINUTE_MS / 1_000);

/** Of what it waits for now, the first step stands for all. */
const drawn = (steps: readonly Step[]): Step[] => steps.filter((step, index) => step.at !== null || steps[index - 1]?.at !== null);

export function axisOf(all: readonly Step[], now: number, endedWell: boolean): Axis {
  const steps = drawn(all);
  const times = steps.map((step) => step.at ?? now);
  const widths = times.slice(1).map((at, index) => widthOf(Math.max(0, at - (times[index] ?? at))));
  const whole = widths.reduce((sum, width) => sum + width, 0) || 1;
  const end = steps.findIndex((step) => step.code === 'final');
  let place = 0;
  const placed: Placed[] = [];
  const spans: Span[] = [];
  for (const [index, step] of steps.entries()) {
    placed.push({ ...step, place, tone: toneOf(step, endedWell) });
    const width = widths[index];
    if (width === undefined) break;
    const next = place + width / whole;
    const kind = end >= 0 && index >= end ? 'after' : ON_ITS_WAY.has(step.code) ? 'way' : 'wait';
    spans.push({ from: place, to: next, ms: Math.max(0, (times[index + 1] ?? 0) - (times[index] ?? 0)), kind });
    place = next;
  }
  return { steps: placed, spans };
}
