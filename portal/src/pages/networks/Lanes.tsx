// Lanes on which something waits, and why; what they are narrowed to stands in the address, as the API names it.
import { Button } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { Link, useLocation, useSearchParams } from 'wouter';
import { useKeyset, useLive } from '@/api';
import { type Column, DataTable, EmptyPage, Mono, PageBody, StateBadge, Time, formatNumber, useCause } from '@/parts';
import { FilterMenu } from '@/parts/FilterMenu';
import { useText } from '@/texts';
import { type Lane, STATES, keyOfLane, nameOfLane, toneOf, useWhy } from './lanes';
import classes from './Networks.module.css';

const NAMES = ['state', 'receiver', 'gate', 'reason'] as const;
type Name = (typeof NAMES)[number];
const RECEIVERS = ['endpoint', 'phone', 'application'] as const;
const LIVE_MS = 2_000;

function useSearch() {
  const [params, setParams] = useSearchParams();
  const search: Partial<Record<Name, string>> = {};
  for (const name of NAMES) {
    const value = params.get(name);
    if (value) search[name] = value;
  }
  const change = (name: Name, value: string) => {
    const { [name]: _, ...rest } = search;
    setParams(value ? { ...rest, [name]: value } : rest, { replace: true });
  };
  return { search, change, clear: () => setParams({}, { replace: true }) };
}

export function Lanes() {
  const t = useText('networks');
  const [, go] = useLocation();
  const { search, change, clear } = useSearch();
  const columns = useColumns();
  const isNarrowed = Object.keys(search).length > 0;
  const rows = useKeyset('/v1/lane', { query: search });
  useLive(['/v1/lane'], () => true, LIVE_MS);
  return (
    <PageBody flush>
      <Filters search={search} change={change} clear={clear} />
      <DataTable
        label={t('tab.lanes')}
        rows={rows}
        columns={columns}
        keyOf={keyOfLane}
        of={JSON.stringify(search)}
        onOpen={(lane) => go(lane.endpoint ? `/devices/${lane.endpoint.id}` : `/messages/${lane.head?.id ?? ''}`)}
        empty={<EmptyPage title={t('noLanes')} text={t(isNarrowed ? 'noLanesLike' : 'noLanesAbout')} />}
      />
    </PageBody>
  );
}

type Props = { search: Partial<Record<Name, string>>; change: (name: Name, value: string) => void; clear: () => void };

function Filters({ search, change, clear }: Props) {
  const t = useText('networks');
  const cause = useCause();
  return (
    <div className={classes.filters} role="search">
      <FilterMenu
        label={t('stateTitle')}
        all={t('anyState')}
        value={search.state ?? ''}
        options={STATES.map((value) => ({ value, label: t(`state.${value}`) }))}
        onChange={(value) => change('state', value)}
      />
      <FilterMenu
        label={t('receiver')}
        all={t('anyReceiver')}
        value={search.receiver ?? ''}
        options={RECEIVERS.map((value) => ({ value, label: t(`receivers.${value}`) }))}
        onChange={(value) => change('receiver', value)}
      />
      {search.gate && <Chip label={t('gateTitle')} value={search.gate} onRemove={() => change('gate', '')} />}
      {search.reason && <Chip label={t('reason')} value={cause(search.reason, null) ?? ''} onRemove={() => change('reason', '')} />}
      {Object.keys(search).length > 0 && (
        <Button variant="subtle" color="gray" onClick={clear}>
          {t('clear')}
        </Button>
      )}
    </div>
  );
}

/** A filter that a link brought along. */
function Chip({ label, value, onRemove }: { label: string; value: string; onRemove: () => void }) {
  const t = useText('networks');
  return (
    <Button
      variant="default"
      className={classes.chip}
      aria-label={t('remove', { what: `${label}: ${value}` })}
      rightSection={<IconX size={12} stroke={1.5} />}
      onClick={onRemove}
    >
      {`${label}: ${value}`}
    </Button>
  );
}

function useColumns(): Column<Lane>[] {
  const t = useText('networks');
  const why = useWhy();
  return [
    { key: 'name', title: t('lane'), width: 'minmax(110px, 1fr)', render: (lane) => <Named lane={lane} /> },
    { key: 'state', title: t('stateTitle'), width: '112px', render: (lane) => <StateBadge tone={toneOf(lane.state)}>{t(`state.${lane.state}`)}</StateBadge> },
    { key: 'why', title: t('reason'), width: 'minmax(160px, 2fr)', from: 620, render: (lane) => <span title={why(lane.reason)}>{why(lane.reason)}</span> },
    { key: 'due', title: t('next'), width: '110px', from: 760, render: (lane) => <Time at={lane.due} /> },
    { key: 'attempts', title: t('attempts'), width: '64px', align: 'end', from: 900, render: (lane) => formatNumber(lane.attempts) },
    {
      key: 'waiting',
      title: t('waiting'),
      width: '72px',
      align: 'end',
      render: (lane) => formatNumber(lane.waiting + lane.scheduled + lane.awaiting + lane.held) + (lane.more ? '+' : ''),
    },
    { key: 'since', title: t('oldest'), width: '110px', from: 900, render: (lane) => (lane.head ? <Head head={lane.head} /> : null) },
  ];
}

function Named({ lane }: { lane: Lane }) {
  const t = useText('networks');
  const name = lane.endpoint ? (
    <Link href={`/devices/${lane.endpoint.id}`} tabIndex={-1}>
      {nameOfLane(lane)}
    </Link>
  ) : (
    <Mono>{nameOfLane(lane)}</Mono>
  );
  if (lane.receiver !== 'application') return name;
  return (
    <>
      {name} <span className={classes.quiet}>{t('toApplication', { name: lane.application?.name ?? lane.gate })}</span>
    </>
  );
}

const Head = ({ head }: { head: NonNullable<Lane['head']> }) => (
  <Link href={`/messages/${head.id}`} tabIndex={-1}>
    <Time at={head.submit_date} />
  </Link>
);
