// Integrations: whatever is connected from outside. Each kind has a tab, each thing an address.
import { type ComponentType, Suspense, lazy } from 'react';
import { Redirect, useParams } from 'wouter';
import { useMe } from '@/api';
import { covers } from '@/api/may';
import { Blank, EmptyPage } from '@/parts';
import { useText } from '@/texts';
import { Frame } from './Frame';
import { TABS, type TabName } from './tabs';

const PAGES: Record<TabName, ComponentType> = {
  tokens: lazy(() => import('./tokens')),
  callbacks: lazy(() => import('./callbacks')),
  smpp: lazy(() => import('./smpp')),
  upstreams: lazy(() => import('./upstreams')),
  links: lazy(() => import('./links')),
};

export default function Integrations() {
  const t = useText('integrations');
  const { data: me } = useMe();
  const name = useParams()['*']?.split('/')[0] ?? '';
  if (me === undefined) return <Frame tabs={[]} />;
  const open = TABS.filter(({ scope }) => covers(me.scopes, scope));
  const tab = open.find((one) => one.name === name);
  if (tab === undefined) {
    const [first] = open;
    if (first) return <Redirect to={`/integrations/${first.name}`} replace />;
    return (
      <Frame tabs={[]}>
        <EmptyPage title={t('nothing')} text={t('nothingAbout')} />
      </Frame>
    );
  }
  const Page = PAGES[tab.name];
  return (
    <Suspense fallback={<Blank />}>
      <Page />
    </Suspense>
  );
}
