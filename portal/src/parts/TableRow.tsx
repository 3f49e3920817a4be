// One row of a table, at its place; before it is here, its outline. It is drawn anew only when it is another one.
import { type MouseEvent, memo } from 'react';
import type { Column } from './DataTable';
import classes from './DataTable.module.css';

type Props<R> = {
  id: string;
  index: number;
  top: number;
  tracks: string;
  columns: readonly Column<R>[];
  row: R | undefined;
  active: boolean;
  /** undefined: nothing can be chosen here. */
  chosen: boolean | undefined;
  chooseLabel: string;
  onOpen: ((index: number) => void) | undefined;
  onChoose: (index: number, extend: boolean) => void;
};

/** What inside a row has a click of its own keeps it. */
const isOwn = (event: MouseEvent): boolean => (event.target as Element).closest('a, button, input, label') !== null;

function Row<R>({ id, index, top, tracks, columns, row, active, chosen, chooseLabel, onOpen, onChoose }: Props<R>) {
  return (
    <div
      id={id}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={chosen}
      className={classes.row}
      data-active={active || undefined}
      data-opens={onOpen ? true : undefined}
      style={{ transform: `translateY(${top}px)`, gridTemplateColumns: tracks }}
      onClick={(event) => row !== undefined && !isOwn(event) && onOpen?.(index)}
    >
      {chosen !== undefined && (
        <div role="gridcell" className={classes.box}>
          {row !== undefined && (
            // A plain one: hundreds of them pass by while somebody scrolls.
            <input
              type="checkbox"
              className={classes.check}
              tabIndex={-1}
              aria-label={chooseLabel}
              checked={chosen}
              onChange={() => undefined}
              onClick={(event) => onChoose(index, event.shiftKey)}
            />
          )}
        </div>
      )}
      {columns.map((column) => (
        <div key={column.key} role="gridcell" className={classes.cell} data-align={column.align}>
          {row === undefined ? <span className={classes.outline} /> : column.render(row)}
        </div>
      ))}
    </div>
  );
}

export const TableRow = memo(Row) as typeof Row;
