// What the device read last, newest first.
import { useEffect } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { refresh, useGet } from '@/api';
import { ErrorNote, Time } from '@/parts';
import { useText } from '@/texts';
import classes from './Networks.module.css';

const PATH = '/v1/simulator/device/{endpoint}/inbox';

/** `received`: how many there were; another number means that something came. */
export function Inbox({ id, received }: { id: number; received: number }) {
  const t = useText('networks');
  const queries = useQueryClient();
  const found = useGet(PATH, { path: { endpoint: id } });
  useEffect(() => void refresh(queries, [PATH]), [queries, received]);
  return (
    <section aria-label={t('inbox')} className={classes.section}>
      <h3 className={classes.heading}>{t('inbox')}</h3>
      <ErrorNote problem={found.error} />
      {found.data?.length === 0 && <span className={classes.quiet}>{t('inboxEmpty')}</span>}
      <ul className={classes.inbox} aria-live="polite">
        {found.data?.toReversed().map((sms, at) => (
          <li key={`${sms.date} ${at}`}>
            <span className={classes.meta}>
              {sms.source_address} <Time at={sms.date} />
            </span>
            <span className={classes.read} data-binary={sms.binary || undefined}>
              {sms.payload}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
