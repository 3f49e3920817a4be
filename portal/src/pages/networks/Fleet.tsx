// The virtual fleet: where each device stands; one is opened to make it do something.
import { TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconDeviceMobile, IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import { useLocation, useParams, useSearchParams } from 'wouter';
import { type Answer, type Row, useLive, useNumbered } from '@/api';
import { type Column, DataTable, EmptyPage, Mono, PageBody, type Sort, StateBadge } from '@/parts';
import { type Say, useText } from '@/texts';
import { DevicePanel } from './DevicePanel';
import { toneOfDevice } from './virtual';
import classes from './Networks.module.css';

type Listed = Row<Answer<'get', '/v1/simulator/device'>>;

const AFTER_KEYS_MS = 250;

const columnsOf = (t: Say): Column<Listed>[] => [
  { key: 'name', title: t('device'), sort: 'name', width: 'minmax(120px, 2fr)', render: (row) => row.endpoint.name },
  { key: 'state', title: t('stateTitle'), width: '136px', render: (row) => <StateBadge tone={toneOfDevice(row.state)}>{t(`is.${row.state}`)}</StateBadge> },
  { key: 'profile', title: t('profile'), from: 560, render: (row) => t(`profiles.${row.profile}`, { defaultValue: row.profile }) },
  { key: 'msisdn', title: t('msisdn'), sort: 'msisdn', from: 760, width: '150px', render: (row) => <Mono>{row.msisdn ?? '–'}</Mono> },
  { key: 'imsi', title: t('imsi'), sort: 'imsi', from: 940, width: '160px', render: (row) => <Mono>{row.imsi ?? '–'}</Mono> },
];

export function Fleet() {
  const t = useText('networks');
  const [, go] = useLocation();
  const [params, setParams] = useSearchParams();
  const [sort, setSort] = useState<Sort>({ by: 'name', down: false });
  const id = Number(useParams()['*']?.split('/')[1] ?? Number.NaN);
  const q = params.get('q') ?? '';
  const order = `${sort.down ? '-' : ''}${sort.by}`;
  const rows = useNumbered('/v1/simulator/device', { query: { q, sort: order } });
  useLive(['/v1/simulator'], (news) => news.kind !== 'gap', 1_000);
  const asked = q ? `?q=${encodeURIComponent(q)}` : '';
  return (
    <PageBody flush>
      <div className={classes.filters} role="search">
        <Search given={q} tell={(words) => setParams(words ? { q: words } : {}, { replace: true })} />
      </div>
      <DataTable
        label={t('fleet')}
        rows={rows}
        columns={columnsOf(t)}
        keyOf={(row) => row.endpoint.id}
        sort={sort}
        onSort={setSort}
        of={`${q} ${order}`}
        onOpen={(row) => go(`/networks/simulator/${row.endpoint.id}${asked}`)}
        empty={<EmptyPage Icon={IconDeviceMobile} title={t(q ? 'noneLike' : 'noFleet')} text={t(q ? 'noneLikeAbout' : 'noFleetAbout')} />}
      />
      {Number.isSafeInteger(id) && <DevicePanel key={id} id={id} onClose={() => go(`/networks/simulator${asked}`)} />}
    </PageBody>
  );
}

function Search({ given, tell }: { given: string; tell: (words: string) => void }) {
  const t = useText('networks');
  const [words, setWords] = useState(given);
  const later = useDebouncedCallback(tell, AFTER_KEYS_MS);
  return (
    <TextInput
      className={classes.search}
      type="search"
      size="xs"
      aria-label={t('find')}
      placeholder={t('find')}
      leftSection={<IconSearch size={16} stroke={1.5} />}
      value={words}
      onChange={(event) => {
        setWords(event.currentTarget.value);
        later(event.currentTarget.value.trim());
      }}
    />
  );
}
