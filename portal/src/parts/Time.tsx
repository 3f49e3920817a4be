// A time: how long ago, and on hover exactly when, here and in UTC. `exact` shows the moment itself.
import { useSyncExternalStore } from 'react';
import { absolute, readTime, relative, utc } from './times';

const EVERY_MS = 5_000;
let now = Date.now();
const waiting = new Set<() => void>();
let clock: ReturnType<typeof setInterval> | undefined;

/** One clock for all times on the page. */
function tick(listener: () => void): () => void {
  waiting.add(listener);
  clock ??= setInterval(() => {
    now = Date.now();
    for (const one of waiting) one();
  }, EVERY_MS);
  return () => {
    waiting.delete(listener);
    if (waiting.size === 0) {
      clearInterval(clock);
      clock = undefined;
    }
  };
}

export const useNow = (): number => useSyncExternalStore(tick, () => now);

type Props = { at: string | number | null | undefined; exact?: boolean; options?: Intl.DateTimeFormatOptions };

export function Time({ at, exact = false, options }: Props) {
  const clockNow = useNow();
  if (at === null || at === undefined || at === '') return <span aria-hidden>–</span>;
  const moment = typeof at === 'number' ? at : readTime(at);
  if (Number.isNaN(moment)) return <>{at}</>;
  const shown = exact ? absolute(moment, options) : relative(moment, Math.max(clockNow, Date.now() - EVERY_MS));
  return (
    <time dateTime={new Date(moment).toISOString()} title={`${absolute(moment)}\n${utc(moment)}`}>
      {shown}
    </time>
  );
}
