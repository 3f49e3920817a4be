// Pages of lists: what the headers of an answer say of the rows that it does not have.
export type Page<Row> = {
  rows: Row[];
  /** Of all pages, where the API counts them. */
  total: number | undefined;
  /** The query of the next page; undefined: this is the last. */
  next: Record<string, string> | undefined;
};

export function pageOf<Row>(rows: Row[], headers: Headers): Page<Row> {
  const total = Number(headers.get('x-total-count') ?? Number.NaN);
  return { rows, total: Number.isFinite(total) ? total : undefined, next: nextOf(headers) };
}

function nextOf(headers: Headers): Record<string, string> | undefined {
  const link = /<([^>]*)>\s*;\s*rel="next"/.exec(headers.get('link') ?? '')?.[1];
  if (link !== undefined) return Object.fromEntries(new URL(link, 'http://any').searchParams);
  const more = headers.get('x-more');
  // Of numbered lists it says only that there is more than was counted.
  return more && more !== 'true' ? { after: more } : undefined;
}
