// One batch: how far it is, what became of each recipient, and what can still be done about it.
import { useMemo } from 'react';
import { Link, useLocation } from 'wouter';
import { type Answer, useGet, useKeyset } from '@/api';
import { BatchProgress, BatchState } from '@/parts/BatchProgress';
import { type Column, DataTable, ErrorNote, Mono, PageBody, PageHead, SmsState, StateBadge, Time, absolute, formatNumber, readTime } from '@/parts';
import { type Say, useText } from '@/texts';
import classes from './Batch.module.css';
import { BatchActions } from './BatchActions';
import { type Recipient, useLiveBatch } from './live';

const PER_PAGE = 200;

const columnsOf = (t: Say): Column<Recipient>[] => [
  { key: 'number', title: t('row'), from: 520, width: '64px', render: (row) => <span className={classes.dim}>{formatNumber(row.number ?? 0)}</span> },
  {
    key: 'recipient', title: t('recipient'), width: 'minmax(120px, 1fr)',
    render: (row) =>
      row.endpoint ? (
        <Link href={`/devices/${row.endpoint.id}`} tabIndex={-1}>
          {row.name || row.recipient || t('device', { id: row.endpoint.id })}
        </Link>
      ) : (
        row.recipient
      ),
  },
  { key: 'msisdn', title: t('numberOf'), from: 700, width: '140px', render: (row) => (row.endpoint && row.name ? <Mono>{row.recipient ?? ''}</Mono> : null) },
  {
    key: 'state', title: t('state'), width: '120px',
    render: (row) => (row.status ? <SmsState status={row.status} reason={row.reason} /> : <StateBadge tone="bad">{t('refused')}</StateBadge>),
  },
  { key: 'when', title: t('finished'), from: 620, width: '130px', render: (row) => (row.final_date ? <Time at={row.final_date} /> : <span className={classes.dim}>–</span>) },
  {
    key: 'reason', title: t('reason'), from: 560, width: 'minmax(120px, 2fr)',
    render: (row) => <span className={classes.dim} title={reasonOf(row)}>{reasonOf(row)}</span>,
  },
];

const reasonOf = (row: Recipient): string => row.refusal?.reason ?? row.reason ?? '';

export default function BatchView({ id }: { id: number }) {
  const t = useText('batch');
  const [, go] = useLocation();
  const params = { path: { batch: id } };
  const batch = useGet('/v1/batch/{batch}', params);
  const read = useKeyset('/v1/batch/{batch}/recipient', { ...params, query: { per_page: PER_PAGE } });
  const rows = useLiveBatch(id, read);
  const columns = useMemo(() => columnsOf(t), [t]);
  const found = batch.data;
  const crumbs = [{ title: t('batches'), to: '/batches' }];
  if (batch.error && found === undefined)
    return (
      <>
        <PageHead title={t('title', { id })} crumbs={crumbs} />
        <PageBody>
          <ErrorNote problem={batch.error} retry={() => void batch.refetch()} />
        </PageBody>
      </>
    );
  return (
    <>
      <PageHead
        title={found?.name || t('title', { id })}
        crumbs={crumbs}
        about={found && <span className={classes.wide}><BatchState state={found.state} /></span>}
        actions={found && <BatchActions batch={found} />}
      />
      <PageBody flush>
        <section className={classes.summary} aria-label={t('progress')}>
          {found ? <Summary batch={found} /> : <div className={classes.outline} />}
        </section>
        <div className={classes.table}>
          <DataTable
            label={t('results')}
            rows={rows}
            columns={columns}
            keyOf={(row) => row.number ?? 0}
            onOpen={(row) => (row.sms ? go(`/messages/${row.sms.id}`) : row.endpoint && go(`/devices/${row.endpoint.id}`))}
          />
        </div>
      </PageBody>
    </>
  );
}

function Summary({ batch }: { batch: Answer<'get', '/v1/batch/{batch}'> }) {
  const t = useText('batch');
  return (
    <>
      <BatchProgress batch={batch} legend />
      <span className={classes.narrow}>
        <BatchState state={batch.state} />
      </span>
      <p className={classes.payload}>{batch.payload}</p>
      <p className={classes.facts}>
        {t('facts', { count: batch.total, number: formatNumber(batch.total), created: absolute(readTime(batch.created)) })}
        {batch.retry_of && (
          <>
            {' · '}
            <Link href={`/batches/${batch.retry_of.id}`}>{t('retryOf', { id: batch.retry_of.id })}</Link>
          </>
        )}
      </p>
    </>
  );
}
