import { IconDeviceMobile } from '@tabler/icons-react';
import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import { type Row, useLive, useNumbered } from '@/api';
import type { Answer } from '@/api';
import { type Column, DataTable, EmptyPage, Mono, PageBody, PageHead, type Sort, StateBadge } from '@/parts';
import { type Say, useText } from '@/texts';

type Device = Row<Answer<'get', '/v1/endpoint'>>;

const columnsOf = (t: Say): Column<Device>[] => [
  {
    key: 'name',
    title: t('name'),
    sort: 'name',
    width: 'minmax(140px, 2fr)',
    render: (row) => (
      <Link href={`/devices/${row.id}`} tabIndex={-1}>
        {row.name}
      </Link>
    ),
  },
  {
    key: 'status',
    title: t('status'),
    width: '110px',
    render: (row) => <StateBadge tone={row.status.id === 0 ? 'good' : 'off'}>{row.status.description}</StateBadge>,
  },
  { key: 'msisdn', title: t('msisdn'), from: 600, width: '150px', render: (row) => <Mono>{row.sim?.msisdn ?? '–'}</Mono> },
  { key: 'policy', title: t('policy'), from: 800, render: (row) => row.service_profile.name },
  { key: 'tags', title: t('tags'), from: 1000, render: (row) => row.tags ?? '' },
];

export default function Devices() {
  const t = useText('devices');
  const [, go] = useLocation();
  const [sort, setSort] = useState<Sort>({ by: 'name', down: false });
  const [chosen, choose] = useState<ReadonlySet<number>>(new Set());
  const rows = useNumbered('/v1/endpoint', { query: { sort: `${sort.down ? '-' : ''}${sort.by}` } });
  useLive(['/v1/endpoint'], (news) => news.kind === 'event');
  return (
    <>
      <PageHead title={t('title')} />
      <PageBody flush>
        <DataTable
          label={t('title')}
          rows={rows}
          columns={columnsOf(t)}
          keyOf={(row) => row.id}
          sort={sort}
          onSort={setSort}
          choice={{ chosen, choose }}
          onOpen={(row) => go(`/devices/${row.id}`)}
          empty={<EmptyPage Icon={IconDeviceMobile} title={t('none')} text={t('noneAbout')} />}
        />
      </PageBody>
    </>
  );
}
