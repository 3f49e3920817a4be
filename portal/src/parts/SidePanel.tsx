// A panel that comes from the right, over the page: one thing looked at, or a form.
import { Drawer } from '@mantine/core';
import type { KeyboardEvent, ReactNode } from 'react';
import { useText } from '@/texts';
import classes from './SidePanel.module.css';

type Props = { opened: boolean; onClose: () => void; title: string; children: ReactNode; footer?: ReactNode; wide?: boolean };

export function SidePanel({ opened, onClose, title, children, footer, wide = false }: Props) {
  const t = useText('parts');
  // Mantine hears Escape on the window: a question over this panel would close both.
  const onKey = (event: KeyboardEvent<HTMLElement>) => {
    const isTaken = event.target instanceof Element && event.target.getAttribute('data-mantine-stop-propagation') === 'true';
    if (event.key === 'Escape' && !isTaken) onClose();
  };
  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      closeOnEscape={false}
      onKeyDown={onKey}
      title={title}
      position="right"
      size={wide ? 720 : 440}
      closeButtonProps={{ 'aria-label': t('close') }}
      classNames={{ content: classes.content, body: classes.body, header: classes.header, title: classes.title }}
    >
      <div className={classes.inner}>{children}</div>
      {footer && <div className={classes.footer}>{footer}</div>}
    </Drawer>
  );
}
