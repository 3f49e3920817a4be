// Application tokens: what programs call the API with.
import { Button } from '@mantine/core';
import { IconKey } from '@tabler/icons-react';
import { useState } from 'react';
import { useMay, useNumbered } from '@/api';
import type { TokenObject } from '@/api/schema';
import { type Column, DataTable, EmptyPage, SecretOnce, StateBadge, Time, readTime } from '@/parts';
import { type Say, useText } from '@/texts';
import { Frame } from '../Frame';
import classes from '../Integrations.module.css';
import { usePlace } from '../place';
import { TokenForm } from './TokenForm';
import { TokenPanel } from './TokenPanel';

export const REVOKED = 1;

export function TokenState({ token }: { token: TokenObject }) {
  const t = useText('integrations');
  if (token.status.id === REVOKED) return <StateBadge tone="bad">{t('tokens.revoked')}</StateBadge>;
  const isOver = token.expiry_date !== null && readTime(token.expiry_date) < Date.now();
  return isOver ? <StateBadge tone="off">{t('tokens.expired')}</StateBadge> : <StateBadge tone="good">{t('tokens.active')}</StateBadge>;
}

const columnsOf = (t: Say): Column<TokenObject>[] => [
  { key: 'description', title: t('name'), sort: 'description', width: 'minmax(120px, 2fr)', render: (token) => <strong>{token.description || t('tokens.nameless')}</strong> },
  { key: 'status', title: t('state'), width: '100px', render: (token) => <TokenState token={token} /> },
  { key: 'scopes', title: t('tokens.scopes'), from: 760, width: 'minmax(0, 2fr)', render: (token) => token.scopes.join(' ') },
  { key: 'creator', title: t('tokens.creator'), from: 900, render: (token) => token.creator?.name ?? '' },
  { key: 'last_used', title: t('tokens.lastUsed'), from: 560, width: '110px', render: (token) => <Time at={token.last_used} /> },
  { key: 'expiry_date', title: t('expires'), sort: 'expiry_date', width: '110px', render: (token) => (token.expiry_date === null ? t('never') : <Time at={token.expiry_date} />) },
];

export default function Tokens() {
  const t = useText('integrations');
  const place = usePlace('tokens');
  const [sort, setSort] = useState({ by: 'created', down: true });
  const rows = useNumbered('/v1/application_token', { query: { sort: `${sort.down ? '-' : ''}${sort.by}` } });
  const [secret, setSecret] = useState<string | null>(null);
  const may = useMay('token:write');
  const create = may && <Button onClick={() => place.to('new')}>{t('tokens.new')}</Button>;
  const chosen = Array.from({ length: rows.count }, (_, at) => rows.at(at)).find((token) => token?.id === place.id);
  return (
    <Frame actions={rows.total === 0 ? undefined : create}>
      <div className={classes.table}>
        <DataTable
          label={t('tab.tokens')}
          rows={rows}
          columns={columnsOf(t)}
          keyOf={(token) => token.id}
          sort={sort}
          onSort={setSort}
          onOpen={(token) => place.to(token.id)}
          empty={<EmptyPage Icon={IconKey} title={t('tokens.none')} text={t('tokens.noneAbout')} action={create} />}
        />
      </div>
      {place.isNew && may && (
        <TokenForm
          onClose={() => place.to()}
          onMade={(made) => {
            place.to();
            setSecret(made);
          }}
        />
      )}
      {chosen && <TokenPanel token={chosen} onClose={() => place.to()} />}
      <SecretOnce title={t('tokens.secret')} about={t('tokens.secretAbout')} secret={secret} onClose={() => setSecret(null)} />
    </Frame>
  );
}
