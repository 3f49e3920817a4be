// Step 5: what becomes of it, live, and what the device answers.
import { Button } from '@mantine/core';
import { useEffect } from 'react';
import { Link } from 'wouter';
import { useGet, useLive } from '@/api';
import { ErrorNote, Mono, SmsState, useCause } from '@/parts';
import { useText } from '@/texts';
import type { Sent } from './Guide';
import classes from './Guide.module.css';

const DELIVERED = 4;
const LAST_LIVING = 3; // 1 to 3 are on their way

type Props = { sent: Sent; onArrived: () => void; again: () => void; end: () => void };

export function Arrived({ sent, onArrived, again, end }: Props) {
  const t = useText('overview');
  const cause = useCause();
  const path = { endpoint: sent.endpoint, sms: sent.sms };
  const found = useGet('/v1/endpoint/{endpoint}/sms/{sms}', { path });
  const answers = useGet('/v1/sms', { query: { endpoint: sent.endpoint, direction: 'MO', per_page: 1 } });
  useLive(['/v1/endpoint/{endpoint}/sms', '/v1/sms'], (news) => news.kind !== 'event' && news.kind !== 'gap' && news.news.endpoint?.id === sent.endpoint);
  const sms = found.data;
  const arrived = sms?.status.id === DELIVERED;
  useEffect(() => {
    if (arrived) onArrived();
  }, [arrived, onArrived]);
  const answer = answers.data?.[0];
  const why = sms && cause(sms.gsm_map_error, sms.reason);
  return (
    <div className={classes.form} aria-live="polite">
      <ErrorNote problem={found.error} retry={() => void found.refetch()} />
      <p className={classes.text}>
        {sms && <SmsState status={sms.status} reason={sms.reason} />}
        {sms && !arrived && why && <> {why}</>}
      </p>
      {answer && (
        <p className={classes.text}>
          {t('guide.answer')} <Mono>{answer.payload ?? ''}</Mono>
        </p>
      )}
      <div className={classes.actions}>
        {arrived && <Button onClick={end}>{t('guide.finish')}</Button>}
        {sms && !arrived && sms.status.id > LAST_LIVING && (
          <Button variant="default" onClick={again}>
            {t('guide.again')}
          </Button>
        )}
        <Link href={`/devices/${sent.endpoint}`} className={classes.link}>
          {t('guide.console')}
        </Link>
        <Link href={`/messages/${sent.sms}`} className={classes.link}>
          {t('guide.story')}
        </Link>
      </div>
    </div>
  );
}
