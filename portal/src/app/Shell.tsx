// The frame around every page: places on the left, a drawer where there is no room, the page on the right.
import { Drawer } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { type ReactNode, useEffect, useMemo } from 'react';
import { useLocation } from 'wouter';
import { ShellContext } from '@/parts/shell';
import { useText } from '@/texts';
import { Navigation } from './Navigation';
import classes from './Shell.module.css';

export function Shell({ children }: { children: ReactNode }) {
  const t = useText('shell');
  const [opened, drawer] = useDisclosure(false);
  const [path] = useLocation();
  useEffect(drawer.close, [path, drawer.close]);
  const shell = useMemo(() => ({ openNavigation: drawer.open }), [drawer.open]);
  return (
    <ShellContext value={shell}>
      <a className="skip" href="#main">
        {t('skip')}
      </a>
      <div className={classes.frame}>
        <aside className={classes.side}>
          <Navigation />
        </aside>
        <Drawer
          opened={opened}
          onClose={drawer.close}
          size={264}
          title={t('menu')}
          closeButtonProps={{ 'aria-label': t('close') }}
          classNames={{ body: classes.drawer }}
        >
          <Navigation />
        </Drawer>
        <main className={classes.main} id="main" tabIndex={-1}>
          {children}
        </main>
      </div>
    </ShellContext>
  );
}
