// One device: its SMS console, and everything else that is known of it, in tabs.
import { type ComponentType, Suspense, lazy } from 'react';
import { useParams } from 'wouter';
import { useGet, useLive, useMay } from '@/api';
import type { EndpointShown } from '@/api/schema';
import { Blank, ErrorNote, PageBody, PageHead, PageTabs } from '@/parts';
import { useText } from '@/texts';
import { Console } from './console/Console';
import { Status } from './Status';
import { Summary } from './Summary';

type Tab = ComponentType<{ device: EndpointShown }>;
// The console is what one comes for; the rest is fetched when it is looked at.
const TABS: Record<string, { Page: Tab; flush?: boolean }> = {
  about: { Page: lazy(() => import('./About').then((module) => ({ default: module.About }))) },
  usage: { Page: lazy(() => import('./Usage').then((module) => ({ default: module.Usage }))) },
  events: { Page: lazy(() => import('./Events').then((module) => ({ default: module.Events }))), flush: true },
  simulator: { Page: lazy(() => import('./Simulator').then((module) => ({ default: module.Simulator }))) },
  settings: { Page: lazy(() => import('./Settings').then((module) => ({ default: module.Settings }))) },
};

export default function Device() {
  const t = useText('device');
  const { device } = useParams<{ device: string }>();
  const id = Number(device);
  const found = useGet('/v1/endpoint/{endpoint}', { path: { endpoint: id } });
  useLive(['/v1/endpoint/{endpoint}'], (news) => news.kind === 'event' && news.news.endpoint?.id === id);
  const crumbs = [{ title: t('devices'), to: '/devices' }];
  if (found.data === undefined)
    return (
      <>
        <PageHead title={t('title')} crumbs={crumbs} />
        <PageBody>{found.error ? <ErrorNote problem={found.error} retry={() => void found.refetch()} /> : <Blank />}</PageBody>
      </>
    );
  return (
    <>
      <PageHead title={found.data.name} crumbs={crumbs} about={<Status device={found.data} />} />
      <Tabs device={found.data} />
    </>
  );
}

function Tabs({ device }: { device: EndpointShown }) {
  const t = useText('device');
  const path = useParams()['*']?.split('/')[0] ?? '';
  const isVirtual = device.network === 'simulator';
  const may = {
    sms: useMay('sms:read'),
    events: useMay('event:read'),
    write: useMay('device:write'),
  };
  const at = (name: string) => `/devices/${device.id}${name && `/${name}`}`;
  const tabs = [
    ...(may.sms ? [{ to: at(''), title: t('tab.console') }] : []),
    { to: at('about'), title: t('tab.about'), mark: device.console?.weak ?? false },
    { to: at('usage'), title: t('tab.usage') },
    ...(may.events ? [{ to: at('events'), title: t('tab.events') }] : []),
    ...(isVirtual ? [{ to: at('simulator'), title: t('tab.simulator') }] : []),
    ...(may.write ? [{ to: at('settings'), title: t('tab.settings') }] : []),
  ];
  const tab = TABS[path];
  return (
    <>
      <PageTabs label={t('tab.label')} tabs={tabs} />
      <PageBody flush={tab === undefined || tab.flush === true}>
        {tab === undefined ? (
          may.sms && (
            <div style={{ flex: 1, minHeight: 0, display: 'flex' }}>
              <Console key={device.id} device={device} />
              <Summary device={device} />
            </div>
          )
        ) : (
          <Suspense fallback={<Blank />}>
            <tab.Page key={device.id} device={device} />
          </Suspense>
        )}
      </PageBody>
    </>
  );
}
