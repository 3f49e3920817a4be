// What the console asks of the API, with its own token and nothing else.
import type { Conversation, ConsoleOpened, ErrorBody, SessionShown, SmsAccepted } from '@/api/schema';

export type Opening = { identifier: string; msisdn: string } | { link: string; pin?: string };
export type Said = { payload: string } | { command: string };

/** The API said no. `status` 0: it said nothing at all. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly body: Partial<ErrorBody> = {},
    readonly retrySeconds?: number,
  ) {
    super(body.message ?? '');
  }
}

type Asking = { method?: string; token?: string; body?: object; signal?: AbortSignal };

async function ask<A>(path: string, { method = 'GET', token, body, signal }: Asking): Promise<A> {
  const headers = {
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  };
  let response: Response;
  try {
    response = await fetch(`/api/v1/console${path}`, { method, headers, signal, body: body && JSON.stringify(body) });
  } catch (thrown) {
    if (signal?.aborted) throw thrown;
    throw new Refused(0);
  }
  const found: unknown = await response.json().catch(() => ({}));
  if (response.ok) return found as A;
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  throw new Refused(response.status, found as Partial<ErrorBody>, Number.isFinite(seconds) ? seconds : undefined);
}

const WAIT_SECONDS = 25;
const MOST_SMS = 100;

export const openConsole = (body: Opening) => ask<ConsoleOpened>('/open', { method: 'POST', body });
export const askSession = (token: string) => ask<SessionShown>('/session', { token });
export const sendSms = (token: string, device: number, body: Said) =>
  ask<SmsAccepted>(`/device/${device}/sms`, { method: 'POST', token, body });

/** With `known` it answers as soon as anything is different. */
export function askConversation(token: string, device: number, known: string | undefined, signal: AbortSignal): Promise<Conversation> {
  const more = known === undefined ? '' : `&wait=${WAIT_SECONDS}&known=${encodeURIComponent(known)}`;
  return ask<Conversation>(`/device/${device}/sms?per_page=${MOST_SMS}${more}`, { token, signal });
}
