// What somebody arrives with at /signin: an invitation, a provider's code, or why the provider let nobody in.
import { useSyncExternalStore } from 'react';

export type Arrival = { invitation?: string; code?: string; error?: string };

const PATH = '/signin';
const listeners = new Set<() => void>();
let current: Arrival | null = take();

/** Out of the address at once: it opens an account, and shall not stay in the history. */
function take(): Arrival | null {
  if (typeof window === 'undefined' || location.pathname !== PATH || location.hash.length < 2) return null;
  const said = new URLSearchParams(location.hash.slice(1));
  history.replaceState(history.state, '', PATH);
  const invitation = said.get('invitation');
  const code = said.get('oidc_code');
  const error = said.get('error');
  if (invitation) return { invitation };
  if (code) return { code };
  return error ? { error } : null;
}

function become(arrival: Arrival | null): void {
  current = arrival;
  for (const listener of listeners) listener();
}

if (typeof window !== 'undefined') {
  // A link that is opened where /signin is open already loads nothing anew.
  window.addEventListener('hashchange', () => {
    const taken = take();
    if (taken !== null) become(taken);
  });
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const useArrival = (): Arrival | null => useSyncExternalStore(subscribe, () => current);

/** It was used, or is not wanted. */
export function forgetArrival(): void {
  if (current !== null) become(null);
}
