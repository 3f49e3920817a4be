// What the one who is signed in may do. The API decides; pages leave out what it would refuse.
import { useGet } from './query';
import { useSession } from './useSession';

const MY = { path: { user: 'my' } } as const;
const MINUTE = 60_000;

/** The one who is signed in. */
export function useMe() {
  const signedIn = useSession() !== null;
  return useGet('/v1/user/{user}', MY, { when: signedIn, staleMs: MINUTE });
}

export function covers(scopes: readonly string[], scope: string): boolean {
  return scopes.includes(scope) || scopes.includes('admin');
}

/** `useMay('sms:send')`. False until it is known. */
export function useMay(scope: string): boolean {
  const { data } = useMe();
  return data !== undefined && covers(data.scopes, scope);
}
