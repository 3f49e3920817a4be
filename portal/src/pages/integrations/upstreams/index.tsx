// Upstreams: SMS centres that we bind to, for numbers outside.
import { Button } from '@mantine/core';
import { IconTransferOut } from '@tabler/icons-react';
import { useMay, useNumbered } from '@/api';
import type { UpstreamShown } from '@/api/schema';
import { type Column, DataTable, EmptyPage, StateBadge, formatNumber } from '@/parts';
import { type Say, useText } from '@/texts';
import { Frame } from '../Frame';
import classes from '../Integrations.module.css';
import { usePlace } from '../place';
import { useEvery } from '../useEvery';
import { UpstreamForm } from './UpstreamForm';
import { UpstreamPanel } from './UpstreamPanel';

export const ENABLED = 0;
export const DISABLED = 1;

export function UpstreamState({ upstream }: { upstream: UpstreamShown }) {
  const t = useText('integrations');
  if (upstream.status.id !== ENABLED) return <StateBadge tone="off">{t('disabled')}</StateBadge>;
  return <StateBadge tone={upstream.up ? 'good' : 'bad'}>{t(upstream.up ? 'upstreams.up' : 'upstreams.down')}</StateBadge>;
}

const columnsOf = (t: Say): Column<UpstreamShown>[] => [
  { key: 'name', title: t('name'), sort: 'name', width: 'minmax(120px, 2fr)', render: (one) => <strong>{one.name}</strong> },
  { key: 'status', title: t('state'), width: '120px', render: (one) => <UpstreamState upstream={one} /> },
  { key: 'host', title: t('upstreams.host'), from: 560, render: (one) => (one.host === null ? '–' : `${one.host}:${one.port ?? ''}`) },
  { key: 'mode', title: t('smpp.binds'), from: 760, width: '110px', render: (one) => t('upstreams.bindsOf', { count: one.binds, mode: one.bind_mode }) },
  { key: 'rate', title: t('smpp.throughput'), from: 760, width: '110px', align: 'end', render: (one) => (one.rate_per_s === null ? t('unlimited') : t('perSecond', { rate: formatNumber(one.rate_per_s) })) },
];

export default function Upstreams() {
  const t = useText('integrations');
  const place = usePlace('upstreams');
  const rows = useNumbered('/v1/upstream', {});
  useEvery('/v1/upstream');
  const may = useMay('upstream:write');
  const create = may && <Button onClick={() => place.to('new')}>{t('upstreams.new')}</Button>;
  return (
    <Frame actions={rows.total === 0 ? undefined : create}>
      <div className={classes.table}>
        <DataTable
          label={t('tab.upstreams')}
          rows={rows}
          columns={columnsOf(t)}
          keyOf={(one) => one.id}
          onOpen={(one) => place.to(one.id)}
          empty={<EmptyPage Icon={IconTransferOut} title={t('upstreams.none')} text={t('upstreams.noneAbout')} action={create} />}
        />
      </div>
      {place.isNew && may && <UpstreamForm onClose={() => place.to()} onMade={(id) => place.to(id)} />}
      {place.id !== undefined && <UpstreamPanel key={place.id} id={place.id} onClose={() => place.to()} />}
    </Frame>
  );
}
