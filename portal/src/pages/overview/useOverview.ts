// The numbers of a period, asked anew when the stream tells of something, and when the next point begins.
import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { type Answer, keyOf, useGet, useLive } from '@/api';
import { readTime } from '@/parts';

export const PERIODS = ['hour', 'day', 'week'] as const;
export type Period = (typeof PERIODS)[number];
export type Seen = Answer<'get', '/v1/overview'>;
export type Point = Seen['series'][number];
export type Outcome = keyof Point['mt'];

const PATH = '/v1/overview';
const LIVE_MS = 2_000; // a busy day has many news, and nobody reads faster

export function useOverview(period: Period) {
  const found = useGet(PATH, { query: { period } }, { keep: true });
  useFresh(period, found.data?.until);
  return found;
}

function useFresh(period: Period, until: string | undefined): void {
  const queries = useQueryClient();
  useLive([PATH], () => true, LIVE_MS);
  useEffect(() => {
    if (until === undefined) return;
    const ends = setTimeout(
      () => void queries.invalidateQueries({ queryKey: keyOf(PATH, { query: { period } }) }),
      Math.max(LIVE_MS, readTime(until) - Date.now() + LIVE_MS),
    );
    return () => clearTimeout(ends);
  }, [queries, period, until]);
}

/** Of all directions. */
export const sumOf = ({ mt, mo, p2p }: Pick<Point, 'mt' | 'mo' | 'p2p'>, ...outcomes: Outcome[]): number =>
  outcomes.reduce((sum, outcome) => sum + mt[outcome] + mo[outcome] + p2p[outcome], 0);
