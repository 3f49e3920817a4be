// Who is signed in: tokens, kept for all tabs of this browser, renewed before they end, gone everywhere at once.
import { Problem, asProblem, problemOf } from './problem';

export type Session = { auth: string; refresh: string };
export type SignedIn = { mfaToken?: string };

const KEY = 'heliograph.session';
const URL = '/api/v1/authenticate';
const INVITATION = `${URL}/invitation`;
const OVER = 401;
const RENEW_SECONDS = 60; // before the end
const DEVICE_KEY = 'heliograph.fingerprint';

type Answer = { auth_token?: string; refresh_token?: string; mfa_token?: string; username?: string };

let current: Session | null = read();
const listeners = new Set<() => void>();
let renewing: Promise<boolean> | null = null;

function read(): Session | null {
  try {
    const text = localStorage.getItem(KEY);
    return text === null ? null : (JSON.parse(text) as Session);
  } catch {
    return null; // storage is switched off, or holds what nobody of us wrote
  }
}

function keep(session: Session | null): void {
  current = session;
  try {
    if (session === null) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, JSON.stringify(session));
  } catch {
    // Storage is switched off: this tab has its session, others do not.
  }
  for (const listener of listeners) listener();
}

if (typeof window !== 'undefined') {
  // Another tab signed in, renewed or signed out.
  window.addEventListener('storage', (event) => {
    if (event.key !== KEY && event.key !== null) return;
    current = read();
    for (const listener of listeners) listener();
  });
}

export const session = (): Session | null => current;

export function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

async function post(body: Record<string, unknown>, url = URL): Promise<Answer> {
  let response: Response;
  try {
    response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      keepalive: true, // signing out goes on when the window is closed
    });
  } catch (thrown) {
    throw asProblem(thrown);
  }
  const answer: unknown = await response.json().catch(() => ({}));
  if (!response.ok) throw problemOf(response, answer);
  return answer as Answer;
}

function take(answer: Answer): SignedIn {
  if (answer.mfa_token) return { mfaToken: answer.mfa_token };
  if (!answer.auth_token || !answer.refresh_token) throw new Problem(0, { message: 'no token in the answer' });
  keep({ auth: answer.auth_token, refresh: answer.refresh_token });
  return {};
}

/** This browser, for `trusted_device`: made once, told to nobody but the API. */
export function fingerprint(make: boolean): string | undefined {
  try {
    const known = localStorage.getItem(DEVICE_KEY);
    if (known !== null || !make) return known ?? undefined;
    const bytes = crypto.getRandomValues(new Uint8Array(24));
    const made = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
    localStorage.setItem(DEVICE_KEY, made);
    return made;
  } catch {
    return undefined;
  }
}

/** An `mfaToken` in the answer asks for a code. The password travels as it is: the API keeps Argon2id of it. */
export async function signIn(username: string, password: string): Promise<SignedIn> {
  return take(await post({ username, password, fingerprint: fingerprint(false) }));
}

/** `code`: of the authenticator, or a recovery code. */
export async function signInWithCode(mfaToken: string, code: string, trust: boolean): Promise<SignedIn> {
  const device = trust ? fingerprint(true) : undefined;
  const trusted = device === undefined ? undefined : { fingerprint: device, browser: navigator.userAgent.slice(0, 200) };
  return take(await post({ mfa_token: mfaToken, code, trusted_device: trusted }));
}

/** With the code that a provider of logins sent this browser back with. It is good once. */
export async function signInByProvider(code: string): Promise<SignedIn> {
  return take(await post({ oidc_code: code }));
}

/** The name of whom this invitation is for. */
export async function whoseInvitation(invitation: string): Promise<string> {
  return (await post({ token: invitation }, INVITATION)).username ?? '';
}

/** It is used up, and all logins with the password before are over. */
export async function acceptInvitation(invitation: string, password: string): Promise<void> {
  await post({ token: invitation, password }, INVITATION);
}

function endsAt(token: string): number {
  try {
    const payload = (token.split('.')[1] ?? '').replace(/-/g, '+').replace(/_/g, '/');
    return Number((JSON.parse(atob(payload)) as { exp?: number }).exp ?? 0) * 1000;
  } catch {
    return 0;
  }
}

/** A token that is good for a while yet; null: nobody is signed in. */
export async function token(): Promise<string | null> {
  if (current === null) return null;
  const left = endsAt(current.auth) - Date.now();
  // A clock that is far off shall not renew for ever: then a 401 tells.
  if (left < RENEW_SECONDS * 1000 && left > -86_400_000) await renew(current.auth);
  return current?.auth ?? null;
}

/** A new token in place of `old`; false: the session is over. Tabs take turns, the second finds it done. */
export function renew(old: string): Promise<boolean> {
  renewing ??= inTurn(() => renewNow(old)).finally(() => {
    renewing = null;
  });
  return renewing;
}

async function inTurn(work: () => Promise<boolean>): Promise<boolean> {
  const locks = typeof navigator === 'undefined' ? undefined : navigator.locks;
  return locks === undefined ? work() : locks.request('heliograph.renew', work);
}

async function renewNow(old: string): Promise<boolean> {
  const known = read() ?? current;
  if (known === null) return false;
  if (known.auth !== old) {
    current = known;
    return true;
  }
  try {
    const answer = await post({ refresh_token: known.refresh });
    if (answer.auth_token) keep({ auth: answer.auth_token, refresh: answer.refresh_token ?? known.refresh });
    return true;
  } catch (thrown) {
    // Only a clear no ends a session: a server that is away comes back.
    if (asProblem(thrown).status !== 401) return true;
    forget();
    return false;
  }
}

/** The session is over, in every tab. */
export function forget(): void {
  if (current !== null || read() !== null) keep(null);
}

/** Over here at once, and at the server as soon as it hears of it. */
export async function signOut(): Promise<void> {
  const known = current;
  forget();
  if (known === null) return;
  try {
    if ((await end(known.auth)) !== OVER) return;
    // The token was over, the login is not: it would go on for weeks.
    const { auth_token: fresh } = await post({ refresh_token: known.refresh });
    if (fresh) await end(fresh);
  } catch {
    // The server is away, or the login is over there as well.
  }
}

async function end(auth: string): Promise<number> {
  const headers = { authorization: `Bearer ${auth}` };
  return (await fetch(URL, { method: 'DELETE', headers, keepalive: true })).status;
}
