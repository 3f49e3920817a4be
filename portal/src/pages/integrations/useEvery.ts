// What the stream does not tell of: binds, health, PDUs. Asked anew while it is looked at.
import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { refresh } from '@/api';

const EVERY_MS = 3_000;

export function useEvery(prefix: string): void {
  const queries = useQueryClient();
  useEffect(() => {
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') void refresh(queries, [prefix]);
    }, EVERY_MS);
    return () => clearInterval(timer);
  }, [queries, prefix]);
}
