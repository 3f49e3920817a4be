// What stands in the address behind the tab: a thing by its id, `new`, or nothing.
import { useCallback } from 'react';
import { useLocation, useParams } from 'wouter';
import type { TabName } from './tabs';

export function usePlace(tab: TabName) {
  const [, go] = useLocation();
  const word = useParams()['*']?.split('/')[1];
  const id = word === undefined || !/^\d+$/.test(word) ? undefined : Number(word);
  const to = useCallback((next?: string | number) => go(`/integrations/${tab}${next === undefined ? '' : `/${next}`}`), [go, tab]);
  return { id, isNew: word === 'new', word, to };
}
