// What is being sent: on screen at once, and until the conversation has it.
import { useCallback, useState } from 'react';
import type { ConsoleSms } from '@/api/schema';
import { Refused, type Said, sendSms } from './api';

/** `id` once it is accepted; `refused` once it is not. */
export type Unsent = { key: number; at: number; said: Said; id?: number; refused?: Refused };
type Told = { onLeft: (left: number) => void; onOver: () => void };

export function useSending(token: string, device: number | undefined, sms: readonly ConsoleSms[] | null, { onLeft, onOver }: Told) {
  const [all, setAll] = useState<readonly (Unsent & { device: number })[]>([]);
  const change = (key: number, to: Partial<Unsent>) =>
    setAll((now) => now.map((one) => (one.key === key ? { ...one, ...to } : one)));
  const drop = useCallback((key: number) => setAll((now) => now.filter((one) => one.key !== key)), []);

  const deliver = async (key: number, said: Said, to: number) => {
    try {
      const accepted = await sendSms(token, to, said);
      change(key, { id: accepted.id });
      onLeft(accepted.rate_left);
    } catch (thrown) {
      const refused = thrown instanceof Refused ? thrown : new Refused(0);
      if (refused.status === 401) onOver();
      change(key, { refused });
    }
  };
  const send = (said: Said) => {
    if (device === undefined) return;
    const key = Math.max(0, ...all.map((one) => one.key)) + 1;
    const known = new Set(sms?.map(({ id }) => id));
    setAll((now) => [...now.filter((one) => one.id === undefined || !known.has(one.id)), { key, at: Date.now(), said, device }]);
    void deliver(key, said, device);
  };
  const again = (one: Unsent) => {
    if (device === undefined) return;
    change(one.key, { refused: undefined });
    void deliver(one.key, one.said, device);
  };
  const here = new Set(sms?.map(({ id }) => id));
  const unsent = all.filter((one) => one.device === device && (one.id === undefined || !here.has(one.id)));
  return { unsent, send, again, drop };
}
