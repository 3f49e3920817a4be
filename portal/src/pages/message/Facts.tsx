// What is known of a message beside its text.
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { Answer } from '@/api';
import { Copy, Mono, Time, formatNumber } from '@/parts';
import { useText } from '@/texts';
import classes from './Message.module.css';

type Sms = Answer<'get', '/v1/sms/{sms}'>;

const MOMENT: Intl.DateTimeFormatOptions = { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit' };

/** Facts that there are; what is empty is left out. */
function useFacts(sms: Sms): [label: string, value: ReactNode][] {
  const t = useText('message');
  const facts: [string, ReactNode][] = [
    [t('from'), <Mono key="from">{sms.source_address || '–'}</Mono>],
    [t('to'), <Mono key="to">{sms.dest_address || '–'}</Mono>],
    [t('accepted'), <Time key="accepted" options={MOMENT} at={sms.submit_date} exact />],
  ];
  if (sms.not_before) facts.push([t('notBefore'), <Time key="notBefore" options={MOMENT} at={sms.not_before} exact />]);
  if (sms.final_date) facts.push([t('over'), <Time key="over" options={MOMENT} at={sms.final_date} exact />]);
  else {
    facts.push([t('valid'), <Time key="valid" options={MOMENT} at={sms.expiry_date} exact />]);
    if (sms.retry_date) facts.push([t('retry'), <Time key="retry" at={sms.retry_date} />]);
  }
  if (sms.reason) facts.push([t('reason'), sms.reason]);
  facts.push([t('by'), sms.esme_interface_type.description]);
  facts.push([t('segments'), `${formatNumber(sms.segments)} · ${t('dcs', { dcs: sms.dcs })}`]);
  facts.push([t('retries'), formatNumber(Number(sms.retry_count))]);
  if (sms.cost) facts.push([t('cost'), formatNumber(sms.cost, { maximumFractionDigits: 6 })]);
  if (sms.client_reference) facts.push([t('reference'), sms.client_reference]);
  if (sms.tags) facts.push([t('tags'), sms.tags]);
  if (sms.batch_id !== null)
    facts.push([
      t('batch'),
      <Link key="batch" href={`/batches/${sms.batch_id}`}>
        {sms.batch_id}
      </Link>,
    ]);
  facts.push([
    t('id'),
    <span key="id" className={classes.id}>
      <Mono>{sms.id}</Mono> <Copy text={String(sms.id)} label={t('copyId')} />
    </span>,
  ]);
  return facts;
}

const Known = ({ sms }: { sms: Sms }) =>
  useFacts(sms).map(([label, value]) => (
    <div key={label} className={classes.fact}>
      <dt>{label}</dt>
      <dd>{value}</dd>
    </div>
  ));

export function Facts({ sms }: { sms: Sms | undefined }) {
  return <dl className={classes.facts}>{sms && <Known sms={sms} />}</dl>;
}
