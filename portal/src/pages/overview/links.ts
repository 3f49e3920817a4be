// Where a list of the API is in the portal: `/v1/sms?state=FAILED` is `/messages?state=FAILED`.
const PLACES: Record<string, string> = {
  '/v1/sms': '/messages',
  '/v1/lane': '/networks/lanes',
  '/v1/network': '/networks',
};

export function placeOf(list: string): string {
  const [path = '', query] = list.split('?');
  const place = PLACES[path] ?? '/';
  if (path === '/v1/network') return `${place}?kind=${valueOf(query, 'q').replace('kind:', '')}`;
  if (path === '/v1/event') return `${place}?blocked=${encodeURIComponent(valueOf(query, 'q'))}`;
  return query ? `${place}?${query}` : place;
}

const valueOf = (query: string | undefined, name: string): string => new URLSearchParams(query).get(name) ?? '';
