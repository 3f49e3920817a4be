// The titles of a table's columns: they sort, and the box before them chooses every row that is here.
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import { useText } from '@/texts';
import type { Column, TableProps } from './DataTable';
import classes from './DataTable.module.css';

type Props<R, K extends string | number> = TableProps<R, K> & { tracks: string };

export function TableHead<R, K extends string | number>(props: Props<R, K>) {
  const { columns, tracks, choice, rows, keyOf } = props;
  const t = useText('parts');
  const here = () => {
    const found: K[] = [];
    for (let at = 0; at < rows.count; at += 1) {
      const row = rows.at(at);
      if (row !== undefined) found.push(keyOf(row));
    }
    return found;
  };
  const some = (choice?.chosen.size ?? 0) > 0;
  return (
    <div role="row" className={classes.head} style={{ gridTemplateColumns: tracks }} aria-rowindex={1}>
      {choice && (
        <div role="columnheader" className={classes.box}>
          <input
            type="checkbox"
            className={classes.check}
            ref={(box) => {
              if (box) box.indeterminate = some && choice.chosen.size < rows.count;
            }}
            aria-label={some ? t('chooseNone') : t('chooseAll')}
            checked={some}
            onChange={() => choice.choose(new Set(some ? [] : here()))}
          />
        </div>
      )}
      {columns.map((column) => (
        <Title key={column.key} column={column} sort={props.sort} onSort={props.onSort} />
      ))}
    </div>
  );
}

function Title<R>({ column, sort, onSort }: { column: Column<R>; sort: TableProps<R, string>['sort']; onSort: TableProps<R, string>['onSort'] }) {
  const name = column.sort;
  if (name === undefined || onSort === undefined) {
    return (
      <div role="columnheader" className={classes.title} data-align={column.align}>
        {column.title}
      </div>
    );
  }
  const isBy = sort?.by === name;
  const Arrow = sort?.down ? IconArrowDown : IconArrowUp;
  return (
    <div role="columnheader" className={classes.title} data-align={column.align} aria-sort={isBy ? (sort.down ? 'descending' : 'ascending') : 'none'}>
      <button type="button" className={classes.sort} onClick={() => onSort({ by: name, down: isBy ? !sort.down : false })}>
        {column.title}
        {isBy && <Arrow size={12} stroke={1.8} aria-hidden />}
      </button>
    </div>
  );
}
