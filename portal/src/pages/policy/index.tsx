// One policy: what its devices may do, where their SMS go, and what is stopped. A draft until it is saved.
import { ActionIcon, Menu } from '@mantine/core';
import { IconAdjustments, IconDots, IconTrash } from '@tabler/icons-react';
import { Link, useLocation, useParams } from 'wouter';
import { useChange, useGet, useLive } from '@/api';
import type { ProfileShown, Rules } from '@/api/schema';
import { EmptyPage, ErrorNote, PageBody, PageHead, PageTabs, confirm, notifyDone, notifyProblem } from '@/parts';
import { useText } from '@/texts';
import { DraftBar } from './DraftBar';
import { Firewall } from './Firewall';
import { Interface } from './Interface';
import { Limits } from './Limits';
import { type Changes } from './content';
import classes from './Policy.module.css';
import { PolicyContext, useEditing, usePolicy } from './editing';

const OF_INTERFACE = ['esme_interface_type', 'api_callback', 'api_secret', 'smpp_account', 'feed_consumer', 'sms_mo_per_part'];
const OF_FIREWALL = ['allow', 'block', 'content', 'windows', 'rates', 'pending', 'anomaly', 'zone'];

export default function PolicyPage() {
  const t = useText('policy');
  const { policy } = useParams<{ policy: string }>();
  const path = { path: { profile: Number(policy) } };
  const profile = useGet('/v1/service_profile/{profile}', path);
  const rules = useGet('/v1/service_profile/{profile}/firewall', path);
  useLive(['/v1/service_profile'], (news) => news.kind === 'event');
  const crumbs = [{ title: t('all'), to: '/policies' }];
  if (profile.data && rules.data) return <Loaded key={policy} profile={profile.data} rules={rules.data} />;
  const problem = profile.error ?? rules.error;
  return (
    <>
      <PageHead title={t('title')} crumbs={crumbs} />
      <PageBody>
        {problem?.status === 404 ? (
          <EmptyPage Icon={IconAdjustments} title={t('gone')} action={<Link href="/policies">{t('toAll')}</Link>} />
        ) : (
          <ErrorNote problem={problem} retry={() => void profile.refetch()} />
        )}
      </PageBody>
    </>
  );
}

function Loaded({ profile, rules }: { profile: ProfileShown; rules: Rules }) {
  const t = useText('policy');
  const { '*': tab } = useParams<{ '*': string }>();
  const editing = useEditing(profile, rules);
  const at = `/policies/${profile.id}`;
  const tabs = [
    { to: at, title: t('tabs.limits'), mark: marks(editing.changes, (key) => !OF_INTERFACE.includes(key) && !OF_FIREWALL.includes(key)) },
    { to: `${at}/interface`, title: t('tabs.interface'), mark: marks(editing.changes, (key) => OF_INTERFACE.includes(key)) },
    { to: `${at}/firewall`, title: t('tabs.firewall'), mark: marks(editing.changes, (key) => OF_FIREWALL.includes(key)) },
  ];
  return (
    <PolicyContext value={editing}>
      <PageHead
        title={profile.name}
        crumbs={[{ title: t('all'), to: '/policies' }]}
        about={<Link className={classes.head} href={`/devices?q=service_profile:${profile.id}`}>{t('devices', { count: profile.used_count })}</Link>}
        actions={editing.may && <More />}
      />
      <PageTabs label={t('title')} tabs={tabs} />
      <PageBody>{tab === 'interface' ? <Interface /> : tab === 'firewall' ? <Firewall /> : <Limits />}</PageBody>
      <DraftBar />
    </PolicyContext>
  );
}

const marks = (changes: Changes, of: (key: string) => boolean): boolean => Object.keys(changes).some(of);

function More() {
  const t = useText('policy');
  const [, go] = useLocation();
  const { profile, discard } = usePolicy();
  const remove = useChange('delete', '/v1/service_profile/{profile}');
  const ask = async () => {
    if (!(await confirm({ title: t('deleteAsk', { name: profile.name }), text: t('deleteAbout'), action: t('delete'), danger: true }))) return;
    const done = () => {
      discard();
      notifyDone(t('deleted', { name: profile.name }));
      go('/policies');
    };
    remove.mutate({ params: { path: { profile: profile.id } } }, { onSuccess: done, onError: notifyProblem });
  };
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon aria-label={t('more')}>
          <IconDots size={16} stroke={1.5} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item color="red" leftSection={<IconTrash size={14} stroke={1.5} aria-hidden />} onClick={() => void ask()}>
          {t('delete')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
