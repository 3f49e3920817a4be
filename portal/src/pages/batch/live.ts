// A batch as it goes on: its counts are asked for anew while its SMS move, its rows change by the news alone.
import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { type Answer, type Row, type Rows, type SmsNews, keyOf, useNews } from '@/api';

export type Recipient = Row<Answer<'get', '/v1/batch/{batch}/recipient'>>;
const SHOWN_MS = 500;
const FINAL_FROM = 4; // DELIVERED and what comes after it

/** Rows of recipients, with what the stream has told since they were read. */
export function useLiveBatch(id: number, given: Rows<Recipient>): Rows<Recipient> {
  const queries = useQueryClient();
  const known = useRef(new Map<number, SmsNews>());
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const [version, setVersion] = useState(0);
  useEffect(() => () => clearTimeout(timer.current), []);
  const look = useCallback(() => {
    timer.current = undefined;
    setVersion((now) => now + 1);
    void queries.invalidateQueries({ queryKey: keyOf('/v1/batch/{batch}', { path: { batch: id } }), exact: true });
  }, [queries, id]);
  useNews((news) => {
    if (news.kind !== 'sms' && news.kind !== 'state') return;
    known.current.set(news.news.id, news.news);
    timer.current ??= setTimeout(look, SHOWN_MS);
  });
  return useMemo(() => ({ ...given, at: (index) => told(given.at(index), known.current) }), [given, version]);
}

function told(row: Recipient | undefined, known: ReadonlyMap<number, SmsNews>): Recipient | undefined {
  const news = row?.sms ? known.get(row.sms.id) : undefined;
  // What is final stays so: the row may have been read after the news.
  if (row === undefined || news === undefined || (row.status?.id ?? 0) >= FINAL_FROM) return row;
  return { ...row, status: news.status, reason: news.reason, final_date: news.status.id >= FINAL_FROM ? (row.final_date ?? null) : null };
}
