// Links to the third-party console: made here, shown once, revoked at once.
import { Button } from '@mantine/core';
import { IconLink } from '@tabler/icons-react';
import { useState } from 'react';
import { useMay, useNumbered } from '@/api';
import type { ConsoleLinkShown } from '@/api/schema';
import { type Column, DataTable, EmptyPage, SecretOnce, StateBadge, Time, type Tone } from '@/parts';
import { type Say, useText } from '@/texts';
import { Frame } from '../Frame';
import classes from '../Integrations.module.css';
import { usePlace } from '../place';
import { LinkForm } from './LinkForm';
import { LinkPanel } from './LinkPanel';
import { WeakIdentifiers } from './WeakIdentifiers';

const TONES: Record<string, Tone> = { active: 'good', expired: 'off', revoked: 'bad' };

export function LinkState({ link }: { link: ConsoleLinkShown }) {
  const t = useText('integrations');
  return <StateBadge tone={TONES[link.status] ?? 'off'}>{t(`links.state.${link.status}`)}</StateBadge>;
}

/** Whom it reaches. */
export const reach = (link: ConsoleLinkShown): string => link.tag ?? link.endpoints.map(({ name }) => name).join(', ');

/** What may be sent by it. */
export function allowed(link: ConsoleLinkShown, t: Say): string {
  const commands = link.commands.length ? [t('links.commandCount', { count: link.commands.length })] : [];
  return [...commands, ...(link.free_text ? [t('links.freeTextToo')] : [])].join(', ');
}

const columnsOf = (t: Say): Column<ConsoleLinkShown>[] => [
  { key: 'name', title: t('name'), sort: 'name', width: 'minmax(120px, 2fr)', render: (link) => <strong>{link.name}</strong> },
  { key: 'status', title: t('state'), width: '100px', render: (link) => <LinkState link={link} /> },
  { key: 'reach', title: t('links.devices'), from: 620, render: reach },
  { key: 'allowed', title: t('links.allowed'), from: 760, render: (link) => allowed(link, t) },
  { key: 'rate', title: t('links.rateShort'), from: 900, width: '100px', render: (link) => t('links.perHour', { rate: link.rate }) },
  { key: 'expiry_date', title: t('expires'), sort: 'expiry_date', width: '110px', render: (link) => <Time at={link.expiry_date} /> },
];

export default function Links() {
  const t = useText('integrations');
  const place = usePlace('links');
  const [sort, setSort] = useState({ by: 'created', down: true });
  const rows = useNumbered('/v1/console_link', { query: { sort: `${sort.down ? '-' : ''}${sort.by}` } });
  const [url, setUrl] = useState<string | null>(null);
  const mayWrite = useMay('console:write');
  const may = useMay('sms:send') && mayWrite;
  const create = may && <Button onClick={() => place.to('new')}>{t('links.new')}</Button>;
  return (
    <Frame actions={rows.total === 0 ? undefined : create}>
      <WeakIdentifiers />
      <div className={classes.table}>
        <DataTable
          label={t('tab.links')}
          rows={rows}
          columns={columnsOf(t)}
          keyOf={(link) => link.id}
          sort={sort}
          onSort={setSort}
          onOpen={(link) => place.to(link.id)}
          empty={<EmptyPage Icon={IconLink} title={t('links.none')} text={t('links.noneAbout')} action={create} />}
        />
      </div>
      {place.isNew && may && (
        <LinkForm
          onClose={() => place.to()}
          onMade={(made) => {
            place.to();
            setUrl(made);
          }}
        />
      )}
      {place.id !== undefined && <LinkPanel id={place.id} onClose={() => place.to()} onSecret={setUrl} />}
      <SecretOnce title={t('links.secret')} about={t('links.secretAbout')} secret={url} onClose={() => setUrl(null)} />
    </Frame>
  );
}
