// What happened to a device, newest first, live.
import { IconHistory } from '@tabler/icons-react';
import { Link } from 'wouter';
import { type Row, useLive, useNumbered } from '@/api';
import type { Answer } from '@/api';
import type { EndpointShown } from '@/api/schema';
import { type Column, DataTable, EmptyPage, StateBadge, Time, type Tone } from '@/parts';
import { type Say, useText } from '@/texts';

type Event = Row<Answer<'get', '/v1/endpoint/{endpoint}/event'>>;
const TONES: Record<number, Tone> = { 0: 'info', 1: 'wait', 2: 'bad' };

const columnsOf = (t: Say): Column<Event>[] => [
  { key: 'when', title: t('event.when'), width: '130px', render: (row) => <Time at={row.timestamp} /> },
  {
    key: 'type',
    title: t('event.type'),
    width: 'minmax(160px, 1fr)',
    render: (row) => <StateBadge tone={row.alert ? 'bad' : (TONES[row.event_severity.id] ?? 'info')}>{row.event_type.description}</StateBadge>,
  },
  { key: 'what', title: t('event.what'), from: 560, width: 'minmax(0, 2fr)', render: (row) => <span title={row.description}>{row.description}</span> },
  { key: 'source', title: t('event.source'), from: 900, width: '120px', render: (row) => row.event_source.description },
];

export function Events({ device }: { device: EndpointShown }) {
  const t = useText('device');
  const rows = useNumbered('/v1/endpoint/{endpoint}/event', { path: { endpoint: device.id } });
  useLive(['/v1/endpoint/{endpoint}/event'], (news) => news.kind === 'event' && news.news.endpoint?.id === device.id);
  return (
    <DataTable
      label={t('tab.events')}
      rows={rows}
      columns={columnsOf(t)}
      keyOf={(row) => row.id}
      empty={<EmptyPage Icon={IconHistory} title={t('event.none')} text={t('event.noneAbout')} action={<Link href={`/devices/${device.id}`}>{t('event.toConsole')}</Link>} />}
    />
  );
}
