// The numbers of the period, and what waits now; each opens the list behind it.
import { Stat, Stats, formatDuration, formatNumber, formatPercent } from '@/parts';
import { useText } from '@/texts';
import { placeOf } from './links';
import classes from './Overview.module.css';
import { type Outcome, type Seen, sumOf } from './useOverview';

const POOR = 0.9; // below it the rate is shown as bad

/** `seen` undefined: the same places, empty. */
export function Numbers({ seen }: { seen: Seen | undefined }) {
  return (
    <div className={classes.numbers}>
      <Stats>
        <Outcomes seen={seen} />
        <Times seen={seen} />
        <Waiting seen={seen} />
      </Stats>
    </div>
  );
}

function Outcomes({ seen }: { seen: Seen | undefined }) {
  const t = useText('overview');
  const total = seen?.total;
  const of = (outcome: Outcome) => total && sumOf(total, outcome);
  const about = (value: number | undefined) =>
    value === undefined ? undefined : `${seen?.sampled || seen?.estimated ? '≈ ' : ''}${formatNumber(value)}`;
  const rate = total?.delivery_rate ?? null;
  return (
    <>
      <Stat label={t('messages')} value={about(total?.messages)} hint={t('messagesAbout')} to={total && placeOf(total.list)} />
      <Stat
        label={t('rate')}
        value={total && (rate === null ? '–' : formatPercent(rate))}
        hint={total && t('delivered', { count: of('delivered'), number: about(of('delivered')) })}
        to={total && placeOf(total.lists.delivered)}
        {...(rate !== null && rate < POOR ? { tone: 'bad' } : {})}
      />
      <Stat
        label={t('failed')}
        value={about(of('failed'))}
        hint={t('failedAbout')}
        to={total && placeOf(total.lists.failed)}
        {...(of('failed') ? { tone: 'bad' } : {})}
      />
      <Stat
        label={t('expired')}
        value={about(of('expired'))}
        hint={t('expiredAbout')}
        to={total && placeOf(total.lists.expired)}
        {...(of('expired') ? { tone: 'bad' } : {})}
      />
    </>
  );
}

function Times({ seen }: { seen: Seen | undefined }) {
  const t = useText('overview');
  const total = seen?.total;
  const to = total && placeOf(total.lists.delivered);
  return (
    <>
      <Stat label={t('p50')} value={total && timeOf(total.p50_seconds)} hint={t('p50About')} to={to} />
      <Stat label={t('p95')} value={total && timeOf(total.p95_seconds)} hint={t('p95About')} to={to} />
    </>
  );
}

function Waiting({ seen }: { seen: Seen | undefined }) {
  const t = useText('overview');
  const now = seen?.waiting;
  const list = now && placeOf(now.list);
  const more = now?.more ? '+' : '';
  return (
    <>
      <Stat
        label={t('devicesWaiting')}
        value={now && `${formatNumber(now.endpoints)}${more}`}
        hint={t('devicesWaitingAbout')}
        to={list && `${list}?receiver=endpoint`}
        {...(now && now.endpoints > 0 ? { tone: 'wait' } : {})}
      />
      <Stat
        label={t('smsWaiting')}
        value={now && `${formatNumber(now.messages)}${more}`}
        hint={now && t('waitingOn', { count: now.lanes, number: `${formatNumber(now.lanes)}${more}` })}
        to={list}
      />
    </>
  );
}

const timeOf = (seconds: number | null): string => (seconds === null ? '–' : formatDuration(seconds * 1000));
