// What the table of devices shows.
import { Tooltip } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useMemo } from 'react';
import { Link } from 'wouter';
import type { Answer, Row } from '@/api';
import { type Column, Mono, StateBadge, Time, formatNumber } from '@/parts';
import { type Say, useText } from '@/texts';
import classes from './Devices.module.css';

export type Device = Row<Answer<'get', '/v1/endpoint'>>;

const COUNTED = 1_000; // where the API stops counting what waits
const TAGS = 3;

export const tagsOf = (tags: string | null): string[] => (tags ?? '').split(',').map((tag) => tag.trim()).filter(Boolean);

const columnsOf = (t: Say): Column<Device>[] => [
  { key: 'name', title: t('name'), sort: 'name', width: 'minmax(120px, 2fr)', render: (row) => <Name row={row} t={t} /> },
  {
    key: 'status', title: t('status'), sort: 'status', from: 420, width: '96px',
    render: (row) => (row.status.id === 0 ? <StateBadge tone="good">{t('enabled')}</StateBadge> : <StateBadge tone="off">{t('disabled')}</StateBadge>),
  },
  {
    key: 'attached', title: t('attach'), sort: 'attached', width: '104px',
    render: (row) => (row.attached ? <StateBadge tone="good">{t('attached')}</StateBadge> : <StateBadge tone="off">{t('detached')}</StateBadge>),
  },
  {
    key: 'waiting', title: t('waiting'), from: 560, width: '76px',
    render: (row) => (row.sms_waiting === 0 ? <span className={classes.none}>–</span> : waitingText(row.sms_waiting)),
  },
  { key: 'msisdn', title: t('msisdn'), sort: 'msisdn', from: 680, width: '132px', render: (row) => numberOf(row.sim?.msisdn) },
  { key: 'iccid', title: t('iccid'), sort: 'iccid', from: 1180, width: '176px', render: (row) => numberOf(row.sim?.iccid_with_luhn) },
  { key: 'policy', title: t('policy'), sort: 'service_profile', from: 800, width: 'minmax(90px, 1fr)', render: (row) => row.service_profile.name },
  { key: 'tags', title: t('tags'), sort: 'tags', from: 960, width: 'minmax(120px, 1.6fr)', render: (row) => <Tags tags={tagsOf(row.tags)} /> },
  { key: 'changed', title: t('changed'), sort: 'last_updated', from: 1060, width: '112px', align: 'end', render: (row) => <Time at={row.last_updated} /> },
];

export function useColumns(): Column<Device>[] {
  const t = useText('devices');
  return useMemo(() => columnsOf(t), [t]);
}

const numberOf = (text: string | null | undefined) => (text ? <Mono>{text}</Mono> : <span className={classes.none}>–</span>);
const waitingText = (count: number) => (count >= COUNTED ? `${formatNumber(COUNTED)}+` : formatNumber(count));

function Name({ row, t }: { row: Device; t: Say }) {
  return (
    <span className={classes.name}>
      <Link href={`/devices/${row.id}`} tabIndex={-1}>
        {row.name}
      </Link>
      {row.console?.weak && (
        <Tooltip label={t('weakConsole')}>
          <IconAlertTriangle size={14} stroke={1.5} className={classes.weak} role="img" aria-label={t('weakConsole')} />
        </Tooltip>
      )}
    </span>
  );
}

function Tags({ tags }: { tags: string[] }) {
  return (
    <span className={classes.tags} title={tags.join(', ')}>
      {tags.slice(0, TAGS).map((tag) => (
        <span key={tag} className={classes.tag}>
          {tag}
        </span>
      ))}
      {tags.length > TAGS && <span className={classes.none}>+{tags.length - TAGS}</span>}
    </span>
  );
}
