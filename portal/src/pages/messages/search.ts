// What is looked for: in the address under the API's own names, so that any list the API names opens here.
import { useSearchParams } from 'wouter';

const NAMES = ['text', 'direction', 'state', 'since', 'until', 'tag', 'reference', 'endpoint'] as const;
export type Name = (typeof NAMES)[number];
export type Search = Partial<Record<Name, string>>;

/** Spans of the menu: how many hours back. A `since` of another form is a moment. */
export const SPANS: Record<string, number> = { hour: 1, day: 24, week: 168, month: 720 };
const HOUR_MS = 3_600_000;
const STEP_MS = 60_000; // so that a span asks the same question for a minute

export function useSearch() {
  const [params, setParams] = useSearchParams();
  const search: Search = {};
  for (const name of NAMES) {
    const value = params.get(name);
    if (value) search[name] = value;
  }
  const change = (name: Name, value: string | null) =>
    setParams(
      (before) => {
        const after = new URLSearchParams(before);
        if (value) after.set(name, value);
        else after.delete(name);
        return after;
      },
      { replace: true },
    );
  const clear = () => setParams({}, { replace: true });
  return { search, change, clear };
}

export function queryOf({ endpoint, since, ...rest }: Search) {
  const id = Number(endpoint);
  const hours = since === undefined ? undefined : SPANS[since];
  const from = hours === undefined ? since : momentBefore(hours);
  return {
    ...rest,
    ...(from === undefined ? {} : { since: from }),
    ...(Number.isSafeInteger(id) && id > 0 ? { endpoint: id } : {}),
  };
}

const momentBefore = (hours: number): string =>
  new Date(Math.floor((Date.now() - hours * HOUR_MS) / STEP_MS) * STEP_MS).toISOString();
