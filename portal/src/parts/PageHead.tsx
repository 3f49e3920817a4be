// The top of a page: where one is, and what one can do. At most one action is primary.
import { ActionIcon } from '@mantine/core';
import { IconChevronRight, IconMenu2 } from '@tabler/icons-react';
import { type ReactNode, useEffect } from 'react';
import { Link } from 'wouter';
import { useText } from '@/texts';
import classes from './PageHead.module.css';
import { useShell } from './shell';

type Crumb = { title: string; to: string };
type Props = { title: string; crumbs?: readonly Crumb[]; about?: ReactNode; actions?: ReactNode };

export function PageHead({ title, crumbs = [], about, actions }: Props) {
  const t = useText('parts');
  const shell = useShell();
  useEffect(() => {
    document.title = title ? `${title} · Heliograph` : 'Heliograph';
  }, [title]);
  return (
    <header className={classes.head}>
      {shell && (
        <ActionIcon className={classes.menu} onClick={shell.openNavigation} aria-label={t('openMenu')}>
          <IconMenu2 size={18} stroke={1.5} />
        </ActionIcon>
      )}
      {crumbs.map((crumb) => (
        <span key={crumb.to} className={classes.crumb}>
          <Link href={crumb.to}>{crumb.title}</Link>
          <IconChevronRight size={14} stroke={1.5} aria-hidden />
        </span>
      ))}
      <h1 className={classes.title}>{title}</h1>
      {about}
      <div className={classes.actions}>{actions}</div>
    </header>
  );
}

/** The rest of a page. `flush`: to the edges and as high as the window, for tables and consoles. */
export function PageBody({ children, flush = false }: { children: ReactNode; flush?: boolean }) {
  return <div className={flush ? classes.flush : classes.body}>{children}</div>;
}
