// The conversation with one device, live: the server answers when something is different.
import { useEffect, useState } from 'react';
import type { ConsoleSms } from '@/api/schema';
import { Refused, askConversation } from './api';

export type Talk = { sms: readonly ConsoleSms[] | null; away: boolean };

const FIRST_MS = 1_000;
const LONGEST_MS = 15_000;

/** So long, or until the phone is awake or online again. */
function rest(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    const end = () => {
      clearTimeout(timer);
      window.removeEventListener('online', end);
      document.removeEventListener('visibilitychange', end);
      done();
    };
    const timer = setTimeout(end, ms);
    window.addEventListener('online', end);
    document.addEventListener('visibilitychange', end);
    signal.addEventListener('abort', end, { once: true });
  });
}

export function useTalk(token: string, device: number | undefined, onOver: () => void): Talk {
  const [talk, setTalk] = useState<Talk>({ sms: null, away: false });
  useEffect(() => {
    if (device === undefined) return;
    const stop = new AbortController();
    const { signal } = stop;
    setTalk({ sms: null, away: false });
    const follow = async () => {
      let known: string | undefined;
      for (let failures = 0; !signal.aborted; ) {
        try {
          const found = await askConversation(token, device, known, signal);
          known = found.version;
          failures = 0;
          setTalk({ sms: found.sms, away: false });
        } catch (thrown) {
          if (signal.aborted) return;
          if (thrown instanceof Refused && (thrown.status === 401 || thrown.status === 404)) return onOver();
          setTalk((now) => ({ ...now, away: true }));
          const seconds = thrown instanceof Refused ? thrown.retrySeconds : undefined;
          await rest(seconds === undefined ? Math.min(FIRST_MS * 2 ** failures, LONGEST_MS) : seconds * 1_000, signal);
          failures += 1;
        }
      }
    };
    void follow();
    return () => stop.abort();
  }, [token, device, onOver]);
  return talk;
}
