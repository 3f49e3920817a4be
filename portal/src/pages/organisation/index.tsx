// The organisation: its people, what they may, what they did, how they sign in, and its settings.
import { useParams } from 'wouter';
import { useMay } from '@/api';
import { PageBody, PageHead, PageTabs } from '@/parts';
import { useText } from '@/texts';
import { Audit } from './Audit';
import { Roles } from './Roles';
import { Security } from './Security';
import { Settings } from './Settings';
import { Users } from './Users';

const AT = '/organisation';

export default function OrganisationPage() {
  const t = useText('organisation');
  const { '*': tab } = useParams<{ '*': string }>();
  const mayAudit = useMay('admin');
  const tabs = [
    { to: AT, title: t('tabs.users') },
    { to: `${AT}/roles`, title: t('tabs.roles') },
    { to: `${AT}/security`, title: t('tabs.security') },
    { to: `${AT}/settings`, title: t('tabs.settings') },
    ...(mayAudit ? [{ to: `${AT}/audit`, title: t('tabs.audit') }] : []),
  ];
  const head = (
    <>
      <PageHead title={t('title')} />
      <PageTabs label={t('title')} tabs={tabs} />
    </>
  );
  if (tab === 'audit') return <>{head}<PageBody flush><Audit /></PageBody></>;
  if (tab === 'roles') return <>{head}<PageBody><Roles /></PageBody></>;
  if (tab === 'security') return <>{head}<PageBody><Security /></PageBody></>;
  if (tab === 'settings') return <>{head}<PageBody><Settings /></PageBody></>;
  return <>{head}<PageBody flush><Users /></PageBody></>;
}
