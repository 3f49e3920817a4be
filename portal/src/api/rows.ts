// Rows for tables: by number, wherever somebody scrolls to, or one page behind the other.
import { useQueries, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { Answer, Asking, Params, PathOf } from './client';
import type { Page } from './pages';
import type { Problem } from './problem';
import { type Looking, type Row, fetchPage, keyOf, usePages, withQuery } from './query';

/** What a table shows. `at` answers undefined for a row that is not here yet. */
export type Rows<R> = {
  /** As far as it is known; a table is so long. */
  count: number;
  /** Of all rows; undefined: nobody has counted them. */
  total: number | undefined;
  at: (index: number) => R | undefined;
  /** These are on screen, so they are wanted. */
  see: (first: number, last: number) => void;
  /** Nothing is known yet. */
  loading: boolean;
  error: Problem | null;
  retry: () => void;
};

const PER_PAGE = 100;
const PREFETCH = 20;

/** A list with `page`, `per_page` and `X-Total-Count`; every place of it can be looked at. */
export function useNumbered<P extends PathOf<'get'>>(
  path: P,
  ...asking: Asking<Params<'get', P>, { perPage?: number }>
): Rows<Row<Answer<'get', P>>> {
  const [params, { perPage = PER_PAGE } = {}] = asking;
  type R = Row<Answer<'get', P>>;
  const queries = useQueryClient();
  const [seen, setSeen] = useState({ first: 0, last: 0 });
  const total = useRef<number | undefined>(undefined);
  const keyed = (page: number) => [...keyOf(path, withQuery(params, { per_page: perPage })), page];
  const wanted = useMemo(() => Array.from({ length: seen.last - seen.first + 1 }, (_, n) => seen.first + n), [seen]);
  const found = useQueries({
    queries: wanted.map((page) => ({
      queryKey: keyed(page),
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        fetchPage<R>(path, withQuery(params, { page: page + 1, per_page: perPage }), signal),
    })),
  });
  const answered = found.find((one) => one.data !== undefined)?.data;
  if (answered?.total !== undefined) total.current = answered.total;
  const failed = found.find((one) => one.error !== null);
  // What was there stays on screen until the first page of another search or order is here.
  const before = useRef(new Map<number, Page<R> | undefined>());
  const pages = new Map<number, Page<R> | undefined>();
  const pageAt = (page: number): Page<R> | undefined => {
    if (!pages.has(page)) pages.set(page, found[page - seen.first]?.data ?? queries.getQueryData<Page<R>>(keyed(page)));
    return pages.get(page) ?? (answered === undefined ? before.current.get(page) : undefined);
  };
  useEffect(() => {
    if (answered !== undefined) before.current = new Map(wanted.map((page) => [page, pages.get(page)]));
  });
  const see = useCallback(
    (first: number, last: number) => {
      const next = { first: Math.floor(Math.max(0, first) / perPage), last: Math.floor(Math.max(0, last) / perPage) };
      setSeen((now) => (now.first === next.first && now.last === next.last ? now : next));
    },
    [perPage],
  );
  return {
    count: total.current ?? 0,
    total: total.current,
    at: (index) => pageAt(Math.floor(index / perPage))?.rows[index % perPage],
    see,
    loading: total.current === undefined && failed === undefined,
    error: (failed?.error as Problem | null | undefined) ?? null,
    retry: () => found.forEach((one) => void one.refetch()),
  };
}

/** A list that `Link` or `X-More` leads on: it grows while somebody scrolls. */
export function useKeyset<P extends PathOf<'get'>>(
  path: P,
  ...asking: Asking<Params<'get', P>, Looking>
): Rows<Row<Answer<'get', P>>> {
  const pages = usePages(path, ...asking);
  const rows = useMemo(() => pages.data?.pages.flatMap((page) => page.rows) ?? [], [pages.data]);
  const { hasNextPage, isFetchingNextPage, isError, fetchNextPage } = pages;
  const see = useCallback(
    (_: number, last: number) => {
      if (hasNextPage && !isFetchingNextPage && !isError && last + PREFETCH >= rows.length) void fetchNextPage();
    },
    [hasNextPage, isFetchingNextPage, isError, fetchNextPage, rows.length],
  );
  return {
    count: rows.length + (hasNextPage ? 1 : 0),
    total: hasNextPage ? undefined : rows.length,
    at: (index) => rows[index],
    see,
    loading: pages.isPending,
    error: pages.error,
    retry: () => void pages.refetch(),
  };
}

/** Rows that are here as a whole. */
export function useRowsOf<R>(rows: readonly R[] | undefined, error: Problem | null = null, retry: () => void = () => undefined): Rows<R> {
  const see = useCallback(() => undefined, []);
  return {
    count: rows?.length ?? 0,
    total: rows?.length,
    at: (index) => rows?.[index],
    see,
    loading: rows === undefined && error === null,
    error,
    retry,
  };
}
