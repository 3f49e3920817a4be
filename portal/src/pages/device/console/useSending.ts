// SMS on their way to the API: shown at once, gone when the API has them, kept with the reason when it refuses.
import { useCallback, useState } from 'react';
import { type Problem, asProblem, call, idOf } from '@/api';
import type { SmsBody, SmsObject } from '@/api/schema';

export type Outgoing = { key: string; at: number; body: SmsBody; problem: Problem | null };

const KEY_OCTETS = 16;

/** For `Idempotency-Key`: the same SMS is never sent twice, however often it is tried. */
const freshKey = (): string =>
  [...crypto.getRandomValues(new Uint8Array(KEY_OCTETS))].map((octet) => octet.toString(16).padStart(2, '0')).join('');

export function useSending(endpoint: number, put: (sms: readonly SmsObject[]) => void) {
  const [outgoing, setOutgoing] = useState<readonly Outgoing[]>([]);
  const drop = useCallback((key: string) => setOutgoing((now) => now.filter((one) => one.key !== key)), []);
  const go = useCallback(
    async (one: Outgoing) => {
      setOutgoing((now) => [...now.filter(({ key }) => key !== one.key), { ...one, problem: null }]);
      try {
        const headers = { 'Idempotency-Key': one.key };
        const sent = await call('post', '/v1/endpoint/{endpoint}/sms', { params: { path: { endpoint } }, body: one.body, headers });
        const sms = idOf(sent.headers.get('location') ?? undefined);
        // Should this fail, the stream brings it all the same.
        const found = await call('get', '/v1/sms/{sms}', { params: { path: { sms } } }).catch(() => null);
        if (found !== null) put([found.data]);
        drop(one.key);
      } catch (thrown) {
        setOutgoing((now) => now.map((other) => (other.key === one.key ? { ...other, problem: asProblem(thrown) } : other)));
      }
    },
    [endpoint, put, drop],
  );
  const send = useCallback((body: SmsBody) => void go({ key: freshKey(), at: Date.now(), body, problem: null }), [go]);
  /** A refusal is kept under the key that it was given to: what was refused is tried under a new one. */
  const retry = useCallback(
    (one: Outgoing) => {
      drop(one.key);
      void go(one.problem && one.problem.status >= 400 && one.problem.status < 500 ? { ...one, key: freshKey() } : one);
    },
    [drop, go],
  );
  return { outgoing, send, retry, drop };
}
