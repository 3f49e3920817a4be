// One row of a table, at its place; before it is here, its outline.
import { Checkbox } from '@mantine/core';
import type { MouseEvent } from 'react';
import { useText } from '@/texts';
import type { Choice, Column } from './DataTable';
import classes from './DataTable.module.css';

type Props<R, K extends string | number> = {
  id: string;
  index: number;
  top: number;
  tracks: string;
  columns: readonly Column<R>[];
  row: R | undefined;
  active: boolean;
  keyOf: (row: R) => K;
  choice: Choice<K> | undefined;
  onOpen: ((row: R) => void) | undefined;
  onChoose: (extend: boolean) => void;
};

/** What inside a row has a click of its own keeps it. */
const isOwn = (event: MouseEvent): boolean => (event.target as Element).closest('a, button, input, label') !== null;

export function TableRow<R, K extends string | number>(props: Props<R, K>) {
  const { id, index, top, tracks, columns, row, active, keyOf, choice, onOpen, onChoose } = props;
  const t = useText('parts');
  const chosen = row !== undefined && choice !== undefined && choice.chosen.has(keyOf(row));
  return (
    <div
      id={id}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={choice ? chosen : undefined}
      className={classes.row}
      data-active={active || undefined}
      data-opens={onOpen ? true : undefined}
      style={{ transform: `translateY(${top}px)`, gridTemplateColumns: tracks }}
      onClick={(event) => row !== undefined && !isOwn(event) && onOpen?.(row)}
    >
      {choice && (
        <div role="gridcell" className={classes.box}>
          {row !== undefined && (
            <Checkbox
              tabIndex={-1}
              aria-label={t('choose')}
              checked={chosen}
              onChange={() => undefined}
              onClick={(event) => onChoose(event.shiftKey)}
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
