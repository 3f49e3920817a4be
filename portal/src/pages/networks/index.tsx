// Networks: gates with the lanes that hang on them, routes to the outside, and the virtual fleet.
import { useParams } from 'wouter';
import { useMe } from '@/api';
import { covers } from '@/api/may';
import { PageHead, PageTabs } from '@/parts';
import { useText } from '@/texts';
import { Fleet } from './Fleet';
import { Gates } from './Gates';
import { Lanes } from './Lanes';
import { Routes } from './Routes';

const TABS = [
  { name: '', title: 'gates', scope: 'sms:read', Part: Gates },
  { name: 'lanes', title: 'lanes', scope: 'sms:read', Part: Lanes },
  { name: 'simulator', title: 'simulator', scope: 'device:read', Part: Fleet },
  { name: 'routes', title: 'routes', scope: 'upstream:read', Part: Routes },
] as const;

export default function Networks() {
  const t = useText('networks');
  const { data: me } = useMe();
  const name = useParams()['*']?.split('/')[0] ?? '';
  const open = TABS.filter(({ scope }) => me !== undefined && covers(me.scopes, scope));
  const tab = open.find((one) => one.name === name) ?? open[0];
  return (
    <>
      <PageHead title={t('title')} />
      <PageTabs label={t('title')} tabs={open.map((one) => ({ to: one.name ? `/networks/${one.name}` : '/networks', title: t(`tab.${one.title}`) }))} />
      {tab && <tab.Part />}
    </>
  );
}
