// A table of any length: only the rows on screen are there. Keys: arrows, Page, Home, End; Space chooses, Enter opens.
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type ReactNode, useCallback, useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { Rows } from '@/api';
import { useText } from '@/texts';
import classes from './DataTable.module.css';
import { ErrorNote } from './ErrorNote';
import { TableHead } from './TableHead';
import { TableRow } from './TableRow';

export type Column<R> = {
  key: string;
  title: string;
  render: (row: R) => ReactNode;
  /** A track of a CSS grid; without one all share alike. */
  width?: string;
  align?: 'end';
  /** The name by which the API sorts. */
  sort?: string;
  /** Only where the table is at least so wide, in px. */
  from?: number;
};
export type Sort = { by: string; down: boolean };
export type Choice<K> = { chosen: ReadonlySet<K>; choose: (chosen: ReadonlySet<K>) => void };
export type TableProps<R, K extends string | number> = {
  label: string;
  rows: Rows<R>;
  columns: readonly Column<R>[];
  keyOf: (row: R) => K;
  onOpen?: (row: R) => void;
  sort?: Sort;
  onSort?: (sort: Sort) => void;
  choice?: Choice<K>;
  /** When there is no row at all. */
  empty?: ReactNode;
  /** What is looked for, and in which order: another one begins at the top. */
  of?: string;
};

const ROW = 38;
const AHEAD = 8;
const FIRST_ROWS = 12;

export function DataTable<R, K extends string | number>(props: TableProps<R, K>) {
  const { label, rows, columns, keyOf, onOpen, choice, empty } = props;
  const t = useText('parts');
  const box = useRef<HTMLDivElement>(null);
  const id = useId();
  const [active, setActive] = useState(0);
  const [anchor, setAnchor] = useState(0);
  const [width, setWidth] = useState(10_000);
  const count = rows.loading ? FIRST_ROWS : rows.count;
  const virtual = useVirtualizer({ count, getScrollElement: () => box.current, estimateSize: () => ROW, overscan: AHEAD });
  const items = virtual.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items[items.length - 1]?.index ?? 0;
  const { see } = rows;
  useEffect(() => see(first, last), [see, first, last, rows.count]);
  useEffect(() => {
    box.current?.scrollTo({ top: 0 });
    setActive(0);
  }, [props.of]);
  useEffect(() => {
    if (box.current === null) return;
    const watcher = new ResizeObserver(([entry]) => entry && setWidth(entry.contentRect.width));
    watcher.observe(box.current);
    return () => watcher.disconnect();
  }, []);
  const isChoosing = choice !== undefined;
  const shown = useMemo(() => columns.filter((column) => width >= (column.from ?? 0)), [columns, width]);
  const tracks = `${isChoosing ? '36px ' : ''}${shown.map((column) => column.width ?? 'minmax(0, 1fr)').join(' ')}`;

  const choose = (from: number, to: number, on?: boolean) => {
    if (!choice) return;
    const next = new Set(choice.chosen);
    for (let at = Math.min(from, to); at <= Math.max(from, to); at += 1) {
      const row = rows.at(at);
      if (row === undefined) continue;
      if (on ?? !next.has(keyOf(row))) next.add(keyOf(row));
      else next.delete(keyOf(row));
    }
    choice.choose(next);
  };
  const move = (to: number, extend: boolean) => {
    const next = Math.max(0, Math.min(count - 1, to));
    setActive(next);
    virtual.scrollToIndex(next, { align: 'auto' });
    if (extend) choose(anchor, next, true);
    else setAnchor(next);
  };
  // Rows are drawn anew only when something of theirs is different, so what they call stays the same.
  const clicked = useRef({ open: (_: number) => undefined as void, choose: (_: number, __: boolean) => undefined as void });
  useLayoutEffect(() => {
    clicked.current = {
      open: (index) => {
        const row = rows.at(index);
        if (row !== undefined) onOpen?.(row);
      },
      choose: (index, extend) => {
        if (!extend) setAnchor(index);
        if (extend) choose(anchor, index, true);
        else choose(index, index);
        setActive(index);
      },
    };
  });
  const open = useCallback((index: number) => clicked.current.open(index), []);
  const pick = useCallback((index: number, extend: boolean) => clicked.current.choose(index, extend), []);
  const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: 12, PageUp: -12, Home: -count, End: count };
  const onKey = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget) return;
    const step = steps[event.key];
    const row = rows.at(active);
    if (step !== undefined) move(active + step, event.shiftKey && choice !== undefined);
    else if (event.key === ' ' && choice) choose(active, active);
    else if (event.key === 'Enter' && row !== undefined && onOpen) onOpen(row);
    else return;
    event.preventDefault();
  };

  return (
    <div className={classes.frame}>
      {rows.error && rows.count > 0 && <ErrorNote problem={rows.error} retry={rows.retry} />}
      <div
        ref={box}
        className={classes.table}
        role="grid"
        aria-label={label}
        aria-rowcount={(rows.total ?? rows.count) + 1}
        aria-colcount={shown.length + (choice ? 1 : 0)}
        aria-multiselectable={choice ? true : undefined}
        aria-busy={rows.loading}
        aria-activedescendant={items.some((item) => item.index === active) ? `${id}${active}` : undefined}
        tabIndex={0}
        onKeyDown={onKey}
      >
        <TableHead {...props} columns={shown} tracks={tracks} />
        <div role="rowgroup" className={classes.body} style={{ height: virtual.getTotalSize() }}>
          {items.map((item) => {
            const row = rows.loading ? undefined : rows.at(item.index);
            return (
              <TableRow
                key={item.key}
                id={`${id}${item.index}`}
                index={item.index}
                top={item.start}
                tracks={tracks}
                columns={shown}
                row={row}
                active={item.index === active}
                chosen={isChoosing ? row !== undefined && choice.chosen.has(keyOf(row)) : undefined}
                chooseLabel={t('choose')}
                onOpen={onOpen ? open : undefined}
                onChoose={pick}
              />
            );
          })}
        </div>
        {!rows.loading && rows.count === 0 && (
          <div className={classes.none} role="row">
            <div role="gridcell">{rows.error ? <ErrorNote problem={rows.error} retry={rows.retry} /> : (empty ?? t('noRows'))}</div>
          </div>
        )}
      </div>
    </div>
  );
}
