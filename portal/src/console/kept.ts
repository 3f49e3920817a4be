// What outlives a reload, in this tab alone: the token, and the link that it was made from.
export type Kept = { token: string; until: number; link?: string; pin?: boolean };

const KEY = 'heliograph.console';

export function kept(): Kept | null {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? 'null') as Kept | null;
  } catch {
    return null;
  }
}

export function keep(what: Kept | null): void {
  try {
    if (what === null) sessionStorage.removeItem(KEY);
    else sessionStorage.setItem(KEY, JSON.stringify(what));
  } catch {
    // Storage is switched off: then a reload asks again.
  }
}

export type LinkGiven = { link: string; pin: boolean };

/** The secret behind `#`, which does not stay in the address bar. */
export function takeLink(): LinkGiven | null {
  const link = location.hash.slice(1);
  if (!link.startsWith('hgl_')) return null;
  const pin = new URLSearchParams(location.search).has('pin');
  history.replaceState(null, '', location.pathname);
  return { link, pin };
}
