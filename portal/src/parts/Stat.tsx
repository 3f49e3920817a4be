// One number that matters. With `to` it opens the list behind it.
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import classes from './Stat.module.css';
import type { Tone } from './StateBadge';

type Props = { label: string; value: ReactNode; hint?: ReactNode; to?: string; tone?: Tone; children?: ReactNode };

/** `value` undefined: it is not known yet. `children`: a sparkline. */
export function Stat({ label, value, hint, to, tone, children }: Props) {
  const inner = (
    <>
      <span className={classes.label}>{label}</span>
      <span className={classes.value} data-tone={tone}>
        {value ?? <span className={classes.missing}>{'\u2007'}</span>}
      </span>
      <span className={classes.hint}>{hint ?? '\u00a0'}</span>
      {children}
    </>
  );
  return to === undefined ? (
    <div className={classes.stat}>{inner}</div>
  ) : (
    <Link href={to} className={classes.stat}>
      {inner}
    </Link>
  );
}

/** Stats side by side, with lines between them. */
export const Stats = ({ children }: { children: ReactNode }) => <div className={classes.stats}>{children}</div>;
