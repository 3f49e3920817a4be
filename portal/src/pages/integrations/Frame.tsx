// The top of every tab: the page's name, what one can make, and the tabs.
import type { ReactNode } from 'react';
import { useMe } from '@/api';
import { covers } from '@/api/may';
import { PageBody, PageHead, PageTabs } from '@/parts';
import { useText } from '@/texts';
import { TABS } from './tabs';

type Props = { actions?: ReactNode; children?: ReactNode; tabs?: readonly (typeof TABS)[number][] };

export function Frame({ actions, children, tabs }: Props) {
  const t = useText('integrations');
  const { data: me } = useMe();
  const shown = tabs ?? TABS.filter(({ scope }) => me !== undefined && covers(me.scopes, scope));
  return (
    <>
      <PageHead title={t('title')} actions={actions} />
      <PageBody flush>
        <PageTabs label={t('title')} tabs={shown.map(({ name }) => ({ to: `/integrations/${name}`, title: t(`tab.${name}`) }))} />
        {children}
      </PageBody>
    </>
  );
}
