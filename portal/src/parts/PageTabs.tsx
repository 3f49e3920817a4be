// Parts of one page, each with an address of its own.
import { Link, useLocation } from 'wouter';
import classes from './PageTabs.module.css';

export type PageTab = { to: string; title: string; mark?: boolean };

/** `mark`: something in it wants to be seen. The tab of the longest address that fits is the one shown. */
export function PageTabs({ label, tabs }: { label: string; tabs: readonly PageTab[] }) {
  const [path] = useLocation();
  const here = tabs
    .filter(({ to }) => path === to || path.startsWith(`${to}/`))
    .sort((one, other) => other.to.length - one.to.length)[0];
  return (
    <nav className={classes.tabs} aria-label={label}>
      {tabs.map((tab) => (
        <Link key={tab.to} href={tab.to} className={classes.tab} aria-current={tab === here ? 'page' : undefined}>
          {tab.title}
          {tab.mark && <span className={classes.mark} aria-hidden />}
        </Link>
      ))}
    </nav>
  );
}
