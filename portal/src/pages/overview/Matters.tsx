// What is the matter now: lanes that are held up, connections that fail, what rules stopped. Each line opens
// the list behind its number.
import { IconChevronRight } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { type Tone, formatNumber, useCause } from '@/parts';
import { isSaid, useText } from '@/texts';
import { placeOf } from './links';
import classes from './Overview.module.css';
import type { Seen } from './useOverview';

export function Trouble({ seen }: { seen: Seen | undefined }) {
  const t = useText('overview');
  const cause = useCause();
  const said = (code: string, text: string) => (isSaid('causes', code) ? (cause(code, null) ?? text) : text);
  const counted = (lanes: number, messages: number) =>
    `${t('lanes', { count: lanes, number: formatNumber(lanes) })}, ${t('sms', { count: messages, number: formatNumber(messages) })}`;
  return (
    <Section title={t('trouble')} quiet={seen?.trouble.length === 0 ? t('noTrouble') : null}>
      {seen?.trouble.map((one) => (
        <Row key={`${one.code}${one.list}`} to={placeOf(one.list)} tone={one.code === 'away' ? 'off' : 'wait'} count={counted(one.lanes, one.messages)}>
          {one.code === 'away' ? t('away') : said(one.code, one.text)}
        </Row>
      ))}
    </Section>
  );
}

export function Connections({ seen }: { seen: Seen | undefined }) {
  const t = useText('overview');
  if (seen && !seen.callbacks && !seen.upstreams) return null;
  return (
    <Section title={t('connections')} quiet={null}>
      <Gates title={t('callbacks')} gates={seen?.callbacks} />
      <Gates title={t('upstreams')} gates={seen?.upstreams} />
    </Section>
  );
}

function Gates({ title, gates }: { title: string; gates: Seen['callbacks'] | undefined }) {
  const t = useText('overview');
  if (!gates) return null;
  const { total, failing, list } = gates;
  const said = () => {
    if (total === 0) return t('noneMade');
    if (failing === 0) return t('allWell', { count: total, number: formatNumber(total) });
    return t('failing', { number: formatNumber(failing), total: formatNumber(total) });
  };
  return (
    <Row to={placeOf(list)} tone={total === 0 ? 'off' : failing > 0 ? 'bad' : 'good'} count={said()}>
      {title}
    </Row>
  );
}

export function Stopped({ seen }: { seen: Seen | undefined }) {
  const t = useText('overview');
  if (seen && seen.blocked === null) return null;
  const said = (type: { id: number; description: string }) => {
    const key = `stop.${type.id}`;
    return isSaid('overview', key) ? t(`stop.${type.id}`) : type.description;
  };
  return (
    <Section title={t('stopped')} quiet={seen?.blocked?.length === 0 ? t('noneStopped') : null}>
      {seen?.blocked?.map((one) => (
        <Row key={one.list} to={placeOf(one.list)} tone="bad" count={formatNumber(one.count)}>
          {one.rule ? t('stoppedBy', { what: said(one.event_type), rule: one.rule }) : said(one.event_type)}
        </Row>
      ))}
    </Section>
  );
}

function Section({ title, quiet, children }: { title: string; quiet: string | null; children: ReactNode }) {
  return (
    <section className={classes.section} aria-label={title}>
      <h2 className={classes.heading}>{title}</h2>
      {quiet === null ? <ul className={classes.rows}>{children}</ul> : <p className={classes.quiet}>{quiet}</p>}
    </section>
  );
}

function Row({ to, tone, count, children }: { to: string; tone: Tone; count: string; children: ReactNode }) {
  return (
    <li>
      <Link href={to} className={classes.row}>
        <span className={classes.dot} data-tone={tone} aria-hidden />
        <span className={classes.what}>{children}</span>
        <span className={classes.count}>{count}</span>
        <IconChevronRight size={14} stroke={1.5} aria-hidden />
      </Link>
    </li>
  );
}
