// SMPP accounts: programs that bind to us.
import { Button } from '@mantine/core';
import { IconPlugConnected } from '@tabler/icons-react';
import { useState } from 'react';
import { useMay, useNumbered } from '@/api';
import type { AccountListed } from '@/api/schema';
import { type Column, DataTable, EmptyPage, SecretOnce, StateBadge, Time, formatNumber } from '@/parts';
import { type Say, useText } from '@/texts';
import { Frame } from '../Frame';
import classes from '../Integrations.module.css';
import { usePlace } from '../place';
import { useEvery } from '../useEvery';
import { AccountForm } from './AccountForm';
import { AccountPanel } from './AccountPanel';

export const ENABLED = 0;
export const DISABLED = 1;

/** Bound, waiting for a bind, or off. */
export function AccountState({ isOn, binds }: { isOn: boolean; binds: number }) {
  const t = useText('integrations');
  if (!isOn) return <StateBadge tone="bad">{t('disabled')}</StateBadge>;
  return <StateBadge tone={binds > 0 ? 'good' : 'off'}>{t(binds > 0 ? 'smpp.bound' : 'smpp.notBound')}</StateBadge>;
}

const columnsOf = (t: Say): Column<AccountListed>[] => [
  { key: 'system_id', title: t('smpp.systemId'), sort: 'system_id', width: 'minmax(120px, 2fr)', render: (one) => <strong>{one.system_id}</strong> },
  { key: 'status', title: t('state'), width: '110px', render: (one) => <AccountState isOn={one.status.id === ENABLED} binds={one.binds} /> },
  { key: 'binds', title: t('smpp.binds'), width: '80px', align: 'end', render: (one) => t('smpp.bindsOf', { binds: one.binds, most: one.max_binds }) },
  { key: 'ip', title: t('tokens.ip'), from: 760, render: (one) => one.ip.join(', ') || t('tokens.anywhere') },
  { key: 'throughput', title: t('smpp.throughput'), from: 760, width: '110px', align: 'end', render: (one) => (one.throughput === null ? t('unlimited') : t('perSecond', { rate: formatNumber(one.throughput) })) },
  { key: 'created', title: t('created'), from: 900, width: '110px', render: (one) => <Time at={one.created} /> },
];

export default function Accounts() {
  const t = useText('integrations');
  const place = usePlace('smpp');
  const rows = useNumbered('/v1/smpp_account', {});
  useEvery('/v1/smpp_account');
  const [secret, setSecret] = useState<string | null>(null);
  const may = useMay('smpp:write');
  const create = may && <Button onClick={() => place.to('new')}>{t('smpp.new')}</Button>;
  return (
    <Frame actions={rows.total === 0 ? undefined : create}>
      <div className={classes.table}>
        <DataTable
          label={t('tab.smpp')}
          rows={rows}
          columns={columnsOf(t)}
          keyOf={(one) => one.id}
          onOpen={(one) => place.to(one.id)}
          empty={<EmptyPage Icon={IconPlugConnected} title={t('smpp.none')} text={t('smpp.noneAbout')} action={create} />}
        />
      </div>
      {place.isNew && may && (
        <AccountForm
          onClose={() => place.to()}
          onMade={(made) => {
            place.to(made.id);
            setSecret(made.password);
          }}
        />
      )}
      {place.id !== undefined && <AccountPanel id={place.id} onClose={() => place.to()} onSecret={setSecret} />}
      <SecretOnce title={t('smpp.password')} about={t('smpp.passwordAbout')} secret={secret} onClose={() => setSecret(null)} />
    </Frame>
  );
}
