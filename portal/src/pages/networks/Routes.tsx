// Routes: which upstream carries an SMS to which numbers, what it costs; and which way one would go.
import { Button } from '@mantine/core';
import { IconPlus, IconRoute } from '@tabler/icons-react';
import { useState } from 'react';
import { type Answer, type Row, useGet, useMay, useRowsOf } from '@/api';
import { type Column, DataTable, EmptyPage, Mono, PageBody, StateBadge, formatNumber } from '@/parts';
import { type Say, useText } from '@/texts';
import classes from './Networks.module.css';
import { RoutePanel } from './RoutePanel';
import { WhichWay } from './WhichWay';

export type Route = Row<Answer<'get', '/v1/sms_route'>>;

const columnsOf = (t: Say): Column<Route>[] => [
  { key: 'prefix', title: t('prefix'), width: 'minmax(110px, 1fr)', render: (row) => (row.prefix ? <Mono>{`+${row.prefix}`}</Mono> : t('anyNumber')) },
  { key: 'upstream', title: t('upstream'), width: 'minmax(110px, 1fr)', render: (row) => row.upstream.name },
  { key: 'network', title: t('network'), from: 760, render: (row) => <Mono>{row.network}</Mono> },
  { key: 'cost', title: t('cost'), width: '64px', align: 'end', from: 520, render: (row) => formatNumber(row.cost) },
  { key: 'weight', title: t('weight'), width: '72px', align: 'end', from: 620, render: (row) => formatNumber(row.weight) },
  { key: 'state', title: t('stateTitle'), width: '96px', render: (row) => <StateBadge tone={row.enabled ? 'good' : 'off'}>{t(row.enabled ? 'on' : 'off')}</StateBadge> },
];

export function Routes() {
  const t = useText('networks');
  const mayChange = useMay('upstream:write');
  const found = useGet('/v1/sms_route');
  const rows = useRowsOf(found.data, found.error, () => void found.refetch());
  const [opened, open] = useState<Route | 'new' | null>(null);
  const [asks, ask] = useState(false);
  const add = mayChange && (
    <Button leftSection={<IconPlus size={14} stroke={1.5} />} onClick={() => open('new')}>
      {t('addRoute')}
    </Button>
  );
  return (
    <PageBody flush>
      <div className={classes.filters}>
        <Button variant="default" onClick={() => ask(true)}>
          {t('whichWay')}
        </Button>
        {found.data && found.data.length > 0 && add}
      </div>
      <DataTable
        label={t('tab.routes')}
        rows={rows}
        columns={columnsOf(t)}
        keyOf={(row) => row.id}
        {...(mayChange ? { onOpen: (row: Route) => open(row) } : {})}
        empty={<EmptyPage Icon={IconRoute} title={t('noRoutes')} text={t('noRoutesAbout')} action={add} />}
      />
      {opened && <RoutePanel route={opened === 'new' ? null : opened} onClose={() => open(null)} />}
      {asks && <WhichWay onClose={() => ask(false)} />}
    </PageBody>
  );
}
