// Which devices are chosen: some, whose rows are known, or all that the list finds.
import { useCallback, useMemo, useRef, useState } from 'react';
import type { Rows } from '@/api';
import type { Device } from './columns';

/** All that meet the search, those too that nobody has loaded: whatever row is asked for is in. */
class Everything extends Set<number> {
  override has(): boolean {
    return true;
  }
}

export type Chosen = {
  ids: ReadonlySet<number>;
  isAll: boolean;
  count: number;
  /** As they were when they were chosen, for a way back. */
  devices: () => Device[];
  choose: (ids: ReadonlySet<number>) => void;
  all: () => void;
  none: () => void;
  /** The same rows, which are remembered on their way to the table. */
  rows: Rows<Device>;
};

export function useChosen(given: Rows<Device>): Chosen {
  const known = useRef(new Map<number, Device>());
  const [ids, setIds] = useState<ReadonlySet<number>>(new Set());
  const isAll = ids instanceof Everything;
  const { at } = given;
  const noting = useCallback(
    (index: number) => {
      const row = at(index);
      if (row !== undefined) known.current.set(row.id, row);
      return row;
    },
    [at],
  );
  const devices = useCallback(() => [...ids].flatMap((id) => known.current.get(id) ?? []), [ids]);
  const choose = useCallback((chosen: ReadonlySet<number>) => setIds(new Set(chosen)), []);
  const all = useCallback(() => setIds(new Everything(known.current.keys())), []);
  const none = useCallback(() => setIds(new Set<number>()), []);
  const rows = useMemo(() => ({ ...given, at: noting }), [given, noting]);
  return { ids, isAll, count: isAll ? (given.total ?? 0) : ids.size, devices, choose, all, none, rows };
}
