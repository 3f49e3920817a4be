// Below a bubble: when, what state, and why, in plain words.
import { UnstyledButton } from '@mantine/core';
import type { SmsObject } from '@/api/schema';
import { SmsState, StateBadge, Time, absolute, formatDuration, readTime, relative, useCause, useNow } from '@/parts';
import { type Say, useText } from '@/texts';
import classes from './Bubble.module.css';
import { CANCELED, DELIVERED, PENDING, UNDER_WAY, WAITING, goesAt } from './sms';

const CLOCK: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit' };
const MOMENT: Intl.DateTimeFormatOptions = { dateStyle: 'medium', timeStyle: 'short' };

const TURN_MS = 3_000; // so long nobody wonders

type Props = { sms: SmsObject; isFrom: boolean; isOpen: boolean; toggle: () => void };

export function StateLine({ sms, isFrom, isOpen, toggle }: Props) {
  const t = useText('device');
  const cause = useCause();
  const now = useNow();
  const scheduled = goesAt(sms, now);
  const why = isFrom ? null : explained(sms, now, cause(sms.gsm_map_error, sms.reason), t);
  const took = isFrom ? 0 : tookMs(sms);
  const other = isFrom ? sms.dest_address : sms.source_address;
  return (
    <div className={classes.state}>
      <UnstyledButton className={classes.stateButton} onClick={toggle} aria-expanded={isOpen} tabIndex={-1}>
        {isFrom ? (
          sms.direction === 'P2P' && <SmsState status={sms.status} />
        ) : scheduled !== null ? (
          <StateBadge tone="info">{t('chat.goesAt', { at: absolute(scheduled, MOMENT) })}</StateBadge>
        ) : (
          <SmsState status={sms.status} />
        )}
        <span className={classes.when}>
          {took > 0 && `${t('chat.took', { time: formatDuration(took) })} · `}
          <Time at={sms.submit_date} exact options={CLOCK} />
          {other && ` · ${t(isFrom ? 'chat.to' : 'chat.from', { address: other })}`}
        </span>
      </UnstyledButton>
      {why && <span className={classes.why}>{why}</span>}
    </div>
  );
}

/** Why it is so, and what happens next. */
function explained(sms: SmsObject, now: number, cause: string | null, t: Say): string | null {
  const parts: string[] = [];
  if (sms.status.id === DELIVERED) return null;
  if (sms.status.id === CANCELED && sms.reason === 'canceled') return null; // the state says it
  if (cause) parts.push(cause);
  else if (sms.status.id === PENDING && goesAt(sms, now) === null && now - readTime(sms.submit_date) > TURN_MS) parts.push(t('chat.behind'));
  if ((sms.status.id === WAITING || sms.status.id === UNDER_WAY) && sms.retry_date !== null && readTime(sms.retry_date) > now)
    parts.push(t('chat.nextTry', { when: relative(readTime(sms.retry_date), now).replace(/\.$/, '') })); // "44 sec.", then our own dot
  return parts.join(' ') || null;
}

/** From when it could go until it was there. */
function tookMs(sms: SmsObject): number {
  if (sms.status.id !== DELIVERED || sms.final_date === null) return 0;
  const could = Math.max(readTime(sms.submit_date), sms.not_before === null ? 0 : readTime(sms.not_before));
  return readTime(sms.final_date) - could;
}
