// Batches: what was sent to many, newest first, and how far each of them is.
import { Button } from '@mantine/core';
import { IconPlus, IconSend } from '@tabler/icons-react';
import { useMemo } from 'react';
import { Link, useLocation } from 'wouter';
import { useKeyset, useLive, useMay } from '@/api';
import { BatchProgress, BatchState, type BatchSeen } from '@/parts/BatchProgress';
import { type Column, DataTable, EmptyPage, PageBody, PageHead, Time, formatNumber } from '@/parts';
import { type Say, useText } from '@/texts';
import classes from './Batches.module.css';

const PER_PAGE = 50;

const columnsOf = (t: Say): Column<BatchSeen>[] => [
  {
    key: 'name', title: t('name'), width: 'minmax(120px, 2fr)',
    render: (row) => (
      <Link href={`/batches/${row.id}`} tabIndex={-1}>
        {row.name || t('unnamed', { id: row.id })}
      </Link>
    ),
  },
  { key: 'payload', title: t('text'), from: 900, width: 'minmax(120px, 2fr)', render: (row) => <span className={classes.text}>{row.payload}</span> },
  { key: 'state', title: t('state'), width: '112px', render: (row) => <BatchState state={row.state} /> },
  { key: 'progress', title: t('progress'), from: 640, width: '180px', render: (row) => <BatchProgress batch={row} /> },
  { key: 'total', title: t('recipients'), from: 480, width: '88px', align: 'end', render: (row) => formatNumber(row.total) },
  {
    key: 'failed', title: t('failed'), from: 760, width: '80px', align: 'end',
    render: (row) => formatNumber((row.counts['FAILED'] ?? 0) + (row.counts['EXPIRED'] ?? 0) + row.refused),
  },
  { key: 'created', title: t('created'), from: 560, width: '112px', align: 'end', render: (row) => <Time at={row.created} /> },
];

export default function Batches() {
  const t = useText('batches');
  const [, go] = useLocation();
  const rows = useKeyset('/v1/batch', { query: { per_page: PER_PAGE } });
  useLive(['/v1/batch'], (news) => news.kind === 'sms' || news.kind === 'state');
  const columns = useMemo(() => columnsOf(t), [t]);
  const add = useMay('sms:send') && (
    <Button leftSection={<IconPlus size={14} stroke={1.5} />} onClick={() => go('/batches/new')}>
      {t('new')}
    </Button>
  );
  const isEmpty = !rows.loading && rows.error === null && rows.count === 0;
  return (
    <>
      <PageHead title={t('title')} actions={!isEmpty && add} />
      <PageBody flush>
        <DataTable
          label={t('title')}
          rows={rows}
          columns={columns}
          keyOf={(row) => row.id}
          onOpen={(row) => go(`/batches/${row.id}`)}
          empty={<EmptyPage Icon={IconSend} title={t('none')} text={t('noneAbout')} action={add} />}
        />
      </PageBody>
    </>
  );
}
