// The API as hooks. Keys of queries are [method, path, params]; a change makes those anew whose path it touches.
import {
  QueryClient,
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import type { InfiniteData, QueryKey, UseMutationResult, UseQueryResult } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef } from 'react';
import { type Answer, type Asking, type Body, type Method, type Params, type PathOf, send } from './client';
import { type Page, pageOf } from './pages';
import { Problem } from './problem';
import { type News, follow } from './stream';

const RETRIES = 2;
const LIVE_MS = 500; // what is live is asked for at most twice a second

export type Row<A> = A extends readonly (infer R)[] ? R : never;

export function queryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 15_000,
        retry: (count, thrown) => count < RETRIES && isPassing(thrown),
        refetchOnWindowFocus: true,
      },
      mutations: { retry: false },
    },
  });
}

/** No answer, or one that asks to come again. */
function isPassing(thrown: unknown): boolean {
  return thrown instanceof Problem && (thrown.status === 0 || thrown.status === 503 || thrown.status === 429);
}

/** `when: false` waits; `keep` shows what was there until the new is here. */
export type Looking = { when?: boolean; keep?: boolean; staleMs?: number };

export const keyOf = (path: string, params?: unknown): QueryKey => ['get', path, params ?? {}];

/** `useGet('/v1/endpoint/{endpoint}', { path: { endpoint: 7 } })`. */
export function useGet<P extends PathOf<'get'>>(
  path: P,
  ...asking: Asking<Params<'get', P>, Looking>
): UseQueryResult<Answer<'get', P>, Problem> {
  const [params, options = {}] = asking;
  return useQuery<Answer<'get', P>, Problem>({
    queryKey: keyOf(path, params),
    queryFn: async ({ signal }) => (await send('get', path, { params, signal })).data as Answer<'get', P>,
    enabled: options.when ?? true,
    ...(options.keep ? { placeholderData: keepPreviousData } : {}),
    ...(options.staleMs === undefined ? {} : { staleTime: options.staleMs }),
  });
}

/** One page of a list, with what its headers say. */
export function usePage<P extends PathOf<'get'>>(
  path: P,
  ...asking: Asking<Params<'get', P>, Looking>
): UseQueryResult<Page<Row<Answer<'get', P>>>, Problem> {
  const [params, options = {}] = asking;
  return useQuery<Page<Row<Answer<'get', P>>>, Problem>({
    queryKey: [...keyOf(path, params), 'page'],
    queryFn: ({ signal }) => fetchPage<Row<Answer<'get', P>>>(path, params, signal),
    enabled: options.when ?? true,
    placeholderData: keepPreviousData,
  });
}

export async function fetchPage<R>(path: string, params: object | undefined, signal?: AbortSignal): Promise<Page<R>> {
  const { data, headers } = await send('get', path, { params, signal });
  return pageOf(data as R[], headers);
}

/** A list that is led on by `Link` or `X-More`, page behind page. See `useKeyset` for tables. */
export function usePages<P extends PathOf<'get'>>(path: P, ...asking: Asking<Params<'get', P>, Looking>) {
  const [params, options = {}] = asking;
  type R = Row<Answer<'get', P>>;
  return useInfiniteQuery<Page<R>, Problem, InfiniteData<Page<R>>, QueryKey, Record<string, string> | undefined>({
    queryKey: [...keyOf(path, params), 'pages'],
    queryFn: ({ signal, pageParam }) => fetchPage<R>(path, withQuery(params, pageParam), signal),
    initialPageParam: undefined,
    getNextPageParam: (last) => last.next,
    enabled: options.when ?? true,
    placeholderData: keepPreviousData,
  });
}

export function withQuery(params: object | undefined, more: object | undefined): object {
  const known: { query?: object } = params ?? {};
  return { ...known, query: { ...known.query, ...more } };
}

export type Change<M extends Method, P extends PathOf<M>> = {
  params?: Params<M, P>;
  body?: Body<M, P>;
  /** `Idempotency-Key`, `If-Match` */
  headers?: Record<string, string>;
};

/** `const save = useChange('patch', '/v1/endpoint/{endpoint}')`, then `save.mutate({ params, body })`.
 * Afterwards everything below the same first name (`/v1/endpoint…`) is asked for anew, and `also`. */
export function useChange<M extends Exclude<Method, 'get'>, P extends PathOf<M>>(
  method: M,
  path: P,
  also: readonly string[] = [],
): UseMutationResult<Answer<M, P> & { location?: string }, Problem, Change<M, P>> {
  const queries = useQueryClient();
  return useMutation<Answer<M, P> & { location?: string }, Problem, Change<M, P>>({
    mutationFn: async (change) => {
      const { data, headers } = await send(method, path, change);
      const location = headers.get('location');
      const body = typeof data === 'object' && data !== null ? data : {};
      return (location === null ? body : { ...body, location }) as Answer<M, P> & { location?: string };
    },
    onSettled: () => refresh(queries, [firstName(path), ...also]),
  });
}

/** The id that a `Location` ends in. */
export const idOf = (location: string | undefined): number => Number(location?.split('/').pop() ?? Number.NaN);

const firstName = (path: string): string => path.split('/').slice(0, 3).join('/');

/** Everything whose path begins so is asked for anew. */
export function refresh(queries: QueryClient, prefixes: readonly string[]): Promise<void> {
  return queries.invalidateQueries({
    predicate: ({ queryKey }) => prefixes.some((prefix) => String(queryKey[1]).startsWith(prefix)),
  });
}

/** What happens, while this component is there. The handler may change from render to render. */
export function useNews(handler: (news: News) => void): void {
  const latest = useRef(handler);
  useEffect(() => {
    latest.current = handler;
  });
  useEffect(() => follow((news) => latest.current(news)), []);
}

/** Asks anew for what begins with `prefixes` when news come that `touches`, at most twice a second, or
 * every `everyMs` where many rows hang on it. */
export function useLive(prefixes: readonly string[], touches: (news: News) => boolean = () => true, everyMs = LIVE_MS): void {
  const queries = useQueryClient();
  const wanted = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const names = useMemo(() => prefixes, [prefixes.join(' ')]);
  const ask = useCallback(() => {
    wanted.current = undefined;
    void refresh(queries, names);
  }, [queries, names]);
  useEffect(() => () => clearTimeout(wanted.current), []);
  useNews((news) => {
    if (news.kind !== 'gap' && touches(news)) wanted.current ??= setTimeout(ask, everyMs);
  });
}
