// What devices are looked for: the list's `q`, taken apart for people and put together again.
export type DeviceFilters = {
  search: string;
  status: string;
  attached: string;
  waiting: string;
  policy: string;
  tags: readonly string[];
  /** What a link or a view asks for beyond these: kept, and shown as it is. */
  others: readonly string[];
};

export const NO_FILTERS: DeviceFilters = { search: '', status: '', attached: '', waiting: '', policy: '', tags: [], others: [] };

const FIELD = /^\s*([A-Za-z][\w.]*)\s*:(.*)$/s;
const WORDS: Record<string, Record<string, string>> = { status: { 0: 'enabled', 1: 'disabled' } };

/** A comma parts criteria, so none may be within one. */
const plain = (text: string): string => text.replaceAll(',', ' ').trim();

export function qOf(filters: DeviceFilters): string {
  const found: string[] = [];
  if (plain(filters.search)) found.push(`search:${plain(filters.search)}`);
  if (filters.status) found.push(`status:${filters.status}`);
  if (filters.attached) found.push(`attached:${filters.attached}`);
  if (filters.waiting) found.push(`waiting:${filters.waiting}`);
  if (filters.policy) found.push(`service_profile:${filters.policy}`);
  found.push(...filters.tags.map((tag) => `tags:${plain(tag)}`), ...filters.others);
  return found.join(',');
}

function pairsOf(q: string): [name: string, value: string][] {
  const pairs: [string, string][] = [];
  for (const piece of q.split(',').filter((text) => text.trim())) {
    const named = FIELD.exec(piece);
    const last = pairs[pairs.length - 1];
    if (named) pairs.push([(named[1] ?? '').toLowerCase(), (named[2] ?? '').trim()]);
    else if (last) last[1] += `,${piece}`;
    else pairs.push(['search', piece.trim()]);
  }
  return pairs;
}

export function filtersOf(q: string): DeviceFilters {
  const found = { ...NO_FILTERS, tags: [] as string[], others: [] as string[] };
  for (const [name, value] of pairsOf(q)) {
    if (name === 'search' || name === 'status' || name === 'attached' || name === 'waiting') found[name] = WORDS[name]?.[value] ?? value;
    else if (name === 'service_profile') found.policy = value;
    else if (name === 'tags') found.tags.push(...value.split(',').map((tag) => tag.trim()).filter(Boolean));
    else found.others.push(`${name}:${value}`);
  }
  return found;
}
