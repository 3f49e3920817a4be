// The SMS of one device as they are now: pages of the past, and what the stream tells put into them.
import { type InfiniteData, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef } from 'react';
import { type Page, call, keyOf, refresh, useNews, usePages } from '@/api';
import type { SmsNews } from '@/api';
import type { SmsObject } from '@/api/schema';
import { merged } from './sms';

const PER_PAGE = 40;
const GATHER_MS = 120; // news come in bursts; so long they are gathered
const SINGLE = 6; // more than so many at once: the pages are asked for anew

type Pages = InfiniteData<Page<SmsObject>>;

export type Chat = {
  /** Newest first; undefined: not known yet. */
  rows: SmsObject[] | undefined;
  error: ReturnType<typeof usePages<'/v1/sms'>>['error'];
  retry: () => void;
  /** Older ones, when there are any. */
  older: (() => void) | undefined;
  isFetching: boolean;
  put: (news: readonly SmsObject[]) => void;
};

export function useChat(device: number, msisdn: string | null): Chat {
  const queries = useQueryClient();
  const params = useMemo(() => ({ query: { endpoint: device, per_page: PER_PAGE } }), [device]);
  const pages = usePages('/v1/sms', params);
  const key = useMemo(() => [...keyOf('/v1/sms', params), 'pages'], [params]);
  const put = useCallback(
    (news: readonly SmsObject[]) =>
      void queries.setQueryData<Pages>(key, (now) => now && { ...now, pages: putInto(now.pages, news) }),
    [queries, key],
  );
  const look = useLooking(put, () => void refresh(queries, ['/v1/sms']));
  useNews((heard) => {
    if (heard.kind !== 'sms' && heard.kind !== 'state') return;
    if (!isOf(heard.news, device, msisdn)) return;
    if (heard.kind === 'state')
      queries.setQueryData<Pages>(key, (now) => now && { ...now, pages: withState(now.pages, heard.news) });
    look(heard.news.id);
  });
  const isOther = pages.isPlaceholderData; // of the device before
  const rows = useMemo(() => pages.data?.pages.flatMap((page) => page.rows), [pages.data]);
  return {
    rows: isOther ? undefined : rows,
    error: pages.error,
    retry: () => void pages.refetch(),
    older: pages.hasNextPage && !isOther ? () => void pages.fetchNextPage() : undefined,
    isFetching: pages.isFetchingNextPage,
    put,
  };
}

const isOf = (news: SmsNews, device: number, msisdn: string | null): boolean =>
  news.endpoint?.id === device || (msisdn !== null && news.source_address === msisdn);

function putInto(pages: Page<SmsObject>[], news: readonly SmsObject[]): Page<SmsObject>[] {
  const known = new Set(pages.flatMap((page) => page.rows.map((sms) => sms.id)));
  return pages.map((page, at) => ({
    ...page,
    rows: merged(
      page.rows,
      news.filter((sms) => (known.has(sms.id) ? page.rows.some((row) => row.id === sms.id) : at === 0)),
    ),
  }));
}

/** At once what the stream tells; the rest follows when it is looked at. */
const withState = (pages: Page<SmsObject>[], news: SmsNews): Page<SmsObject>[] =>
  pages.map((page) => ({
    ...page,
    rows: page.rows.map((sms) => (sms.id === news.id ? { ...sms, status: news.status, reason: news.reason } : sms)),
  }));

/** Looks at single SMS soon. */
function useLooking(put: (news: readonly SmsObject[]) => void, all: () => void): (id: number) => void {
  const wanted = useRef(new Set<number>());
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const latest = useRef({ put, all });
  useEffect(() => {
    latest.current = { put, all };
  });
  useEffect(() => () => clearTimeout(timer.current), []);
  return useCallback((id) => {
    wanted.current.add(id);
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      const ids = [...wanted.current];
      wanted.current.clear();
      if (ids.length > SINGLE) return latest.current.all();
      void Promise.all(ids.map((sms) => call('get', '/v1/sms/{sms}', { params: { path: { sms } } }).catch(() => null))).then(
        (found) => latest.current.put(found.flatMap((one) => (one === null ? [] : [one.data]))),
      );
    }, GATHER_MS);
  }, []);
}
