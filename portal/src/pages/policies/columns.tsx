// What the table of policies shows.
import { Link } from 'wouter';
import { useMemo } from 'react';
import type { Answer, Row } from '@/api';
import { type Column, StateBadge, Time, formatNumber } from '@/parts';
import { useText } from '@/texts';
import classes from './Policies.module.css';

type Policy = Row<Answer<'get', '/v1/service_profile'>>;
const [MT, MO] = [6, 32];

export function useColumns(): Column<Policy>[] {
  const t = useText('policies');
  return useMemo(
    () => [
      { key: 'name', title: t('name'), sort: 'name', width: 'minmax(140px, 1.4fr)', render: (row) => <Link href={`/policies/${row.id}`} tabIndex={-1}>{row.name}</Link> },
      { key: 'description', title: t('description'), from: 900, width: 'minmax(120px, 2fr)', render: (row) => <span className={classes.dim}>{row.description || '–'}</span> },
      { key: 'mt', title: t('mt'), from: 420, width: '150px', render: (row) => <Service row={row} id={MT} /> },
      { key: 'mo', title: t('mo'), from: 640, width: '150px', render: (row) => <Service row={row} id={MO} /> },
      { key: 'interface', title: t('interface'), from: 760, width: '110px', render: (row) => t(`kind.${row.esme_interface_type.id}`) },
      { key: 'used', title: t('devices'), width: '90px', align: 'end', render: (row) => formatNumber(row.used_count) },
      { key: 'changed', title: t('changed'), from: 1000, sort: 'last_updated', width: '120px', align: 'end', render: (row) => <Time at={row.last_updated} /> },
    ],
    [t],
  );
}

function Service({ row, id }: { row: Policy; id: number }) {
  const t = useText('policies');
  const service = row.service.find((one) => one.id === id);
  if (!service) return <StateBadge tone="off">{t('off')}</StateBadge>;
  const limit = service.traffic_limit?.volume;
  return <StateBadge tone="good">{limit === undefined ? t('on') : t('perMonth', { count: limit })}</StateBadge>;
}
