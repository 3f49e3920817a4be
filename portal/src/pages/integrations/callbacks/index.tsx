// Callbacks: URLs of the customer's that are told of SMS, receipts and events.
import { Button } from '@mantine/core';
import { IconWebhook } from '@tabler/icons-react';
import { useState } from 'react';
import { useMay, useNumbered } from '@/api';
import type { CallbackShown } from '@/api/schema';
import { type Column, DataTable, EmptyPage, SecretOnce, StateBadge, Time } from '@/parts';
import { type Say, useText } from '@/texts';
import { Frame } from '../Frame';
import classes from '../Integrations.module.css';
import { usePlace } from '../place';
import { CallbackForm } from './CallbackForm';
import { CallbackPanel } from './CallbackPanel';
import { Secrets } from './Secrets';

export const ENABLED = 0;
export const DISABLED = 1;

export function CallbackState({ callback }: { callback: CallbackShown }) {
  const t = useText('integrations');
  const isOn = callback.status.id === ENABLED;
  return <StateBadge tone={isOn ? 'good' : 'bad'}>{t(isOn ? 'enabled' : 'disabled')}</StateBadge>;
}

const columnsOf = (t: Say): Column<CallbackShown>[] => [
  { key: 'url', title: t('callbacks.url'), sort: 'url', width: 'minmax(140px, 3fr)', render: (one) => <strong>{one.url}</strong> },
  { key: 'status', title: t('state'), width: '100px', render: (one) => <CallbackState callback={one} /> },
  { key: 'purpose', title: t('callbacks.purpose'), from: 620, width: 'minmax(0, 2fr)', render: (one) => one.purpose },
  { key: 'events', title: t('callbacks.events'), from: 760, width: '110px', render: (one) => eventsOf(one, t) },
  { key: 'created', title: t('created'), from: 900, width: '110px', render: (one) => <Time at={one.created} /> },
];

export const eventsOf = (one: CallbackShown, t: Say): string =>
  one.events.includes('*') ? t('callbacks.allEvents') : one.events.length === 0 ? t('callbacks.noEvents') : t('callbacks.eventCount', { count: one.events.length });

export default function Callbacks() {
  const t = useText('integrations');
  const place = usePlace('callbacks');
  const rows = useNumbered('/v1/api_callback', {});
  const may = useMay('callback:write');
  const [secret, setSecret] = useState<string | null>(null);
  const create = may && <Button onClick={() => place.to('new')}>{t('callbacks.new')}</Button>;
  return (
    <Frame
      actions={
        <>
          <Button variant="default" onClick={() => place.to('secrets')}>
            {t('secrets.title')}
          </Button>
          {rows.total !== 0 && create}
        </>
      }
    >
      <div className={classes.table}>
        <DataTable
          label={t('tab.callbacks')}
          rows={rows}
          columns={columnsOf(t)}
          keyOf={(one) => one.id}
          onOpen={(one) => place.to(one.id)}
          empty={<EmptyPage Icon={IconWebhook} title={t('callbacks.none')} text={t('callbacks.noneAbout')} action={create} />}
        />
      </div>
      {place.isNew && may && <CallbackForm onClose={() => place.to()} onDone={(id) => place.to(id)} />}
      {place.id !== undefined && <CallbackPanel key={place.id} id={place.id} onClose={() => place.to()} />}
      {place.word === 'secrets' && <Secrets onClose={() => place.to()} onSecret={setSecret} />}
      <SecretOnce title={t('secrets.secret')} about={t('secrets.secretAbout')} secret={secret} onClose={() => setSecret(null)} />
    </Frame>
  );
}
