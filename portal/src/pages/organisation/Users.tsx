// Who may sign in.
import { Button, Modal, TextInput } from '@mantine/core';
import { IconPlus, IconUsers } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { useSearchParams } from 'wouter';
import { useMay, useMe, useNumbered } from '@/api';
import { type Column, DataTable, EmptyPage, SecretOnce, StateBadge, Time } from '@/parts';
import { useText } from '@/texts';
import { Invite } from './Invite';
import classes from './Organisation.module.css';
import { type Person, TONES, hasFactor, roleOf } from './people';
import { UserPanel } from './UserPanel';

function useColumns(): Column<Person>[] {
  const t = useText('organisation');
  const { data: me } = useMe();
  return useMemo(
    () => [
      {
        key: 'username', title: t('users.username'), sort: 'username', width: 'minmax(150px, 2fr)',
        render: (row) => (
          <span className={classes.who}>
            <span className={classes.cut}>{row.username}</span>
            {row.id === me?.id && <span className={classes.dim}>{t('users.you')}</span>}
          </span>
        ),
      },
      { key: 'name', title: t('users.name'), sort: 'name', from: 620, width: 'minmax(100px, 1.4fr)', render: (row) => row.name || '–' },
      { key: 'role', title: t('users.role'), width: '120px', render: (row) => t(`role.${roleOf(row)}.name`) },
      { key: 'status', title: t('users.status'), sort: 'status', from: 420, width: '150px', render: (row) => <StateBadge tone={TONES[row.status.id] ?? 'off'}>{t(`status.${row.status.id}`)}</StateBadge> },
      { key: 'mfa', title: t('users.mfa'), from: 760, width: '150px', render: (row) => (hasFactor(row) ? <StateBadge tone="good">{t('on')}</StateBadge> : <StateBadge tone="off">{t('off')}</StateBadge>) },
      { key: 'created', title: t('users.created'), sort: 'created', from: 900, width: '120px', align: 'end', render: (row) => <Time at={row.created} /> },
    ],
    [t, me?.id],
  );
}

export function Users() {
  const t = useText('organisation');
  const may = useMay('user:write');
  const [params, setParams] = useSearchParams();
  const [sort, setSort] = useState({ by: 'username', down: false });
  const [opened, open] = useState<number | null>(null);
  const [inviting, setInviting] = useState(false);
  const [link, setLink] = useState<string | null>(null);
  const q = params.get('q') ?? '';
  const rows = useNumbered('/v1/user', { query: { sort: `${sort.down ? '-' : ''}${sort.by}`, ...(q ? { q: `username:${q.replaceAll(',', ' ')}` } : {}) } });
  const columns = useColumns();
  const find = (text: string) => setParams(new URLSearchParams(text ? { q: text } : {}), { replace: true });
  return (
    <>
      <div className={classes.bar}>
        <TextInput className={classes.search} aria-label={t('users.search')} placeholder={t('users.search')} value={q} onChange={(event) => find(event.currentTarget.value)} />
        {may && (
          <Button leftSection={<IconPlus size={14} stroke={1.5} aria-hidden />} onClick={() => setInviting(true)}>
            {t('users.invite')}
          </Button>
        )}
      </div>
      <DataTable
        label={t('tabs.users')}
        of={q}
        rows={rows}
        columns={columns}
        keyOf={(row) => row.id}
        sort={sort}
        onSort={setSort}
        onOpen={(row) => open(row.id)}
        empty={<EmptyPage Icon={IconUsers} title={t('users.none')} />}
      />
      <UserPanel user={opened} onClose={() => open(null)} onLink={setLink} />
      <Modal opened={inviting} onClose={() => setInviting(false)} title={t('users.invite')} closeButtonProps={{ 'aria-label': t('close') }}>
        <Invite onClose={() => setInviting(false)} onLink={setLink} />
      </Modal>
      <SecretOnce title={t('invite.link')} about={t('invite.linkAbout')} secret={link} onClose={() => setLink(null)} />
    </>
  );
}
