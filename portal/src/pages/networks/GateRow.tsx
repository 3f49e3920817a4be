// One gate: the lanes that queue up before it, how it stands, and how much of its window is in use.
import { Link } from 'wouter';
import { StateBadge, Time, type Tone, formatNumber } from '@/parts';
import { useText } from '@/texts';
import type { Shown } from './Gates';
import { type Lane, keyOfLane, nameOfLane, toneOf, useWhy } from './lanes';
import classes from './Networks.module.css';

const MOST = 48; // lanes drawn one by one
const TONES: Record<string, Tone> = { open: 'good', closed: 'bad', resting: 'wait', off: 'off' };
const PLACES: Record<string, string> = { upstream: 'upstreams', callback: 'callbacks', smpp_account: 'smpp' };

export function GateRow({ gate, lanes }: { gate: Shown; lanes: readonly Lane[] }) {
  const t = useText('networks');
  const why = useWhy();
  return (
    <li className={classes.gate}>
      <Queue gate={gate} lanes={lanes} />
      <span className={classes.node} data-tone={TONES[gate.state]} aria-hidden />
      <div className={classes.about}>
        <span className={classes.named}>
          <Name gate={gate} />
          <span className={classes.quiet}>{t(`kinds.${gate.kind}`)}</span>
        </span>
        {gate.reason && <span className={classes.quiet}>{why(gate.reason)}</span>}
        {gate.until && (
          <span className={classes.quiet}>
            {t('triedAgain')} <Time at={gate.until} />
          </span>
        )}
      </div>
      <div className={classes.standing}>
        <StateBadge tone={TONES[gate.state] ?? 'off'}>{t(`gate.${gate.state}`)}</StateBadge>
        <Load gate={gate} />
      </div>
    </li>
  );
}

function Name({ gate }: { gate: Shown }) {
  const place = PLACES[gate.kind];
  if (gate.kind === 'simulator') return <Link href="/networks/simulator">{gate.name}</Link>;
  if (place === undefined || gate.id === null) return <b>{gate.name}</b>;
  return <Link href={`/integrations/${place}/${gate.id}`}>{gate.name}</Link>;
}

function Queue({ gate, lanes }: { gate: Shown; lanes: readonly Lane[] }) {
  const t = useText('networks');
  const why = useWhy();
  const { waiting } = gate;
  const drawn = lanes.slice(0, MOST);
  const rest = waiting.lanes - drawn.length;
  const more = waiting.more ? '+' : '';
  if (waiting.lanes === 0 && lanes.length === 0) return <span className={classes.queue}>{t('nothingWaits')}</span>;
  return (
    <div className={classes.queue}>
      <Link href={`/networks/lanes?gate=${encodeURIComponent(gate.gate)}`}>
        {t('lanes', { count: waiting.lanes, number: `${formatNumber(waiting.lanes)}${more}` })}
        {', '}
        {t('waits', { count: waiting.messages, number: `${formatNumber(waiting.messages)}${more}` })}
      </Link>
      <span className={classes.strip} aria-hidden>
        {rest > 0 && <span className={classes.quiet}>{t('andMore', { number: formatNumber(rest) })}</span>}
        {drawn.map((lane) => (
          <span
            key={keyOfLane(lane)}
            className={classes.lane}
            data-tone={toneOf(lane.state)}
            data-state={lane.state}
            title={`${nameOfLane(lane)}\n${why(lane.reason)}`}
          />
        ))}
      </span>
    </div>
  );
}

/** How many are under way of those that may be. */
function Load({ gate: { window, in_flight } }: { gate: Shown }) {
  const t = useText('networks');
  if (window === null || in_flight === null) return null;
  return (
    <span className={classes.load} title={t('loadAbout')}>
      {t('load', { number: formatNumber(in_flight), window: formatNumber(window) })}
      <span className={classes.bar} aria-hidden>
        <span style={{ width: `${Math.min(100, (100 * in_flight) / Math.max(1, window))}%` }} />
      </span>
    </span>
  );
}
