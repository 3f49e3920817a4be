// Calls of the API: typed by its description, with the credential of the session, errors as `Problem`.
import createClient from 'openapi-fetch';
import { asProblem, problemOf } from './problem';
import type { paths } from './schema';
import { forget, renew, token } from './session';

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';
/** The paths that have this method. */
export type PathOf<M extends Method> = {
  [P in keyof paths]: paths[P] extends Record<M, unknown> ? P : never;
}[keyof paths];
type Operation<M extends Method, P extends PathOf<M>> = paths[P] extends Record<M, infer O> ? O : never;
type Given<O> = O extends { parameters: infer G } ? G : never;
type Part<G, N extends 'path' | 'query'> = G extends { [K in N]: infer V } ? V : G extends { [K in N]?: infer V } ? V : never;
type Named<G> = [Part<G, 'path'>] extends [never] | [undefined] ? { path?: undefined } : { path: NonNullable<Part<G, 'path'>> };
type Asked<G> = { query?: [Part<G, 'query'>] extends [never] ? undefined : Part<G, 'query'> };
/** `{ path: { endpoint: 7 }, query: { per_page: 10 } }` */
export type Params<M extends Method, P extends PathOf<M>> = Named<Given<Operation<M, P>>> & Asked<Given<Operation<M, P>>>;
/** What is sent. */
export type Body<M extends Method, P extends PathOf<M>> =
  Operation<M, P> extends { requestBody: { content: { 'application/json': infer B } } } ? B : undefined;
type Json<R> = R extends { content: { 'application/json': infer B } } ? B : undefined;
type Good<R> = { [S in keyof R & (200 | 201 | 202 | 204)]: Json<R[S]> }[keyof R & (200 | 201 | 202 | 204)];
/** What is answered. */
export type Answer<M extends Method, P extends PathOf<M>> =
  Operation<M, P> extends { responses: infer R } ? Good<R> : never;

/** Arguments of hooks: params may be left out only where the path needs none. */
export type Asking<T, O> = object extends T ? [params?: T, options?: O] : [params: T, options?: O];

export type Sent = { params?: object; body?: unknown; headers?: Record<string, string>; signal?: AbortSignal; bodySerializer?: (body: Blob) => Blob };
export type Answered<T> = { data: T; headers: Headers };
type Untyped = {
  request(method: string, path: string, init: object): Promise<{ data?: unknown; error?: unknown; response: Response }>;
};

/** As `fetch`, with the session's credential. A 401 renews it once, then the session is over. */
async function withCredential(request: Request): Promise<Response> {
  const spare = request.clone();
  const first = await token();
  const response = await fetch(carrying(request, first));
  if (response.status !== 401 || first === null) return response;
  if (!(await renew(first))) return response;
  const second = await token();
  if (second === null || second === first) return response;
  const again = await fetch(carrying(spare, second));
  if (again.status === 401) forget();
  return again;
}

function carrying(request: Request, credential: string | null): Request {
  if (credential !== null) request.headers.set('authorization', `Bearer ${credential}`);
  return request;
}

// One cast: what goes in and comes out is typed by `call`.
const client = createClient<paths>({ baseUrl: '/api', fetch: withCredential }) as unknown as Untyped;

/** One call. Throws `Problem`. Outside of components; inside, `useGet` and `useChange`. */
export async function call<M extends Method, P extends PathOf<M>>(
  method: M,
  path: P,
  sent: Sent & { params?: Params<M, P>; body?: Body<M, P> } = {},
): Promise<Answered<Answer<M, P>>> {
  const { data, headers } = await send(method, path, sent);
  return { data: data as Answer<M, P>, headers };
}

/** The same without types, for `query` alone. */
export async function send(method: Method, path: string, sent: Sent): Promise<Answered<unknown>> {
  let found: Awaited<ReturnType<Untyped['request']>>;
  try {
    found = await client.request(method, path, { ...sent });
  } catch (thrown) {
    if (sent.signal?.aborted) throw thrown;
    throw asProblem(thrown);
  }
  if (!found.response.ok) throw problemOf(found.response, found.error);
  return { data: found.data, headers: found.response.headers };
}

/** A file as it is, octet by octet, as the body of a call. */
export async function upload<P extends PathOf<'post'>>(path: P, params: Params<'post', P>, file: Blob, type: string): Promise<Answer<'post', P>> {
  const headers = { 'Content-Type': type };
  const { data } = await send('post', path, { params, body: file, headers, bodySerializer: (body: Blob) => body });
  return data as Answer<'post', P>;
}

/** A file of the API (CSV), saved by the browser under `name`. */
export async function download(path: string, name: string): Promise<void> {
  const response = await withCredential(new Request(`/api${path}`)).catch((thrown: unknown) => {
    throw asProblem(thrown);
  });
  if (!response.ok) throw problemOf(response, await response.json().catch(() => ({})));
  const url = URL.createObjectURL(await response.blob());
  const link = Object.assign(document.createElement('a'), { href: url, download: name });
  link.click();
  URL.revokeObjectURL(url);
}
