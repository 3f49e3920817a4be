// What else is known of one SMS: times, tries, size. Its whole story is a page of its own.
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { SmsObject } from '@/api/schema';
import { Time, formatNumber } from '@/parts';
import { useText } from '@/texts';
import classes from './Bubble.module.css';
import { DELIVERED, isFinal } from './sms';

export function Details({ sms }: { sms: SmsObject }) {
  const t = useText('device');
  const attempts = sms.last_delivery_attempt === null ? 0 : Number(sms.retry_count) + 1;
  const rows: [string, ReactNode][] = [[t('detail.accepted'), <Time key="at" at={sms.submit_date} exact />]];
  if (sms.not_before) rows.push([t('detail.notBefore'), <Time key="nb" at={sms.not_before} exact />]);
  if (attempts > 0) rows.push([t('detail.attempts', { count: attempts }), <Time key="last" at={sms.last_delivery_attempt} exact />]);
  if (!isFinal(sms) && sms.retry_date) rows.push([t('detail.nextTry'), <Time key="next" at={sms.retry_date} exact />]);
  if (sms.final_date) {
    const label = t(sms.status.id === DELIVERED ? 'detail.delivered' : 'detail.ended');
    rows.push([label, <Time key="end" at={sms.final_date} exact />]);
  }
  if (!isFinal(sms)) rows.push([t('detail.expires'), <Time key="until" at={sms.expiry_date} exact />]);
  rows.push([t('detail.size'), t('detail.segments', { count: sms.segments })]);
  if (sms.cost > 0) rows.push([t('detail.cost'), formatNumber(sms.cost, { maximumFractionDigits: 4 })]);
  if (sms.udh) rows.push([t('detail.udh'), <code key="udh">{sms.udh}</code>]);
  return (
    <div className={classes.details}>
      <dl>
        {rows.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <Link href={`/messages/${sms.id}`}>{t('chat.timeline')}</Link>
    </div>
  );
}
