// The calls that were made, newest first, as they come; each may be told once more.
import { ActionIcon, Button, Switch, Tooltip } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useState } from 'react';
import { Link } from 'wouter';
import { useChange, useGet, useLive, useMay } from '@/api';
import type { CallShown, ReplayBody } from '@/api/schema';
import { ErrorNote, StateBadge, Time, confirm, formatDuration, notifyDone, notifyProblem } from '@/parts';
import { useText } from '@/texts';
import { Part } from '../Facts';
import classes from '../Integrations.module.css';

const NEWEST = 50;
const DAY_MS = 86_400_000;

export function Log({ id }: { id: number }) {
  const t = useText('integrations');
  const [failed, setFailed] = useState(false);
  const query = { per_page: NEWEST, ...(failed ? { failed } : {}) };
  const { data, error } = useGet('/v1/api_callback/{callback}/log', { path: { callback: id }, query }, { keep: true });
  useLive(['/v1/api_callback']);
  const may = useMay('callback:write');
  const replay = useChange('post', '/v1/api_callback/{callback}/replay');
  const again = (body: ReplayBody) =>
    replay.mutate(
      { params: { path: { callback: id } }, body },
      { onSuccess: ({ replayed }) => notifyDone(t('log.replayed', { count: replayed })), onError: notifyProblem },
    );
  const all = async () => {
    if (await confirm({ title: t('log.askAll'), text: t('log.askAllAbout'), action: t('log.replay') }))
      again({ failed: true, since: new Date(Date.now() - DAY_MS).toISOString() });
  };
  return (
    <Part
      title={t('log.title')}
      action={
        <div className={classes.actions}>
          <Switch size="xs" label={t('log.failedOnly')} checked={failed} onChange={(event) => setFailed(event.currentTarget.checked)} />
          {may && (
            <Button variant="default" size="compact-xs" onClick={() => void all()} loading={replay.isPending}>
              {t('log.replayFailed')}
            </Button>
          )}
        </div>
      }
    >
      <ErrorNote problem={error} />
      {data?.length === 0 && <p className={classes.none}>{t(failed ? 'log.noneFailed' : 'log.none')}</p>}
      {data !== undefined && data.length > 0 && (
        <ul className={classes.list}>
          {data.map((one) => (
            <Call key={`${one.id} ${one.date} ${one.attempt}`} one={one} onReplay={may ? again : undefined} />
          ))}
        </ul>
      )}
    </Part>
  );
}

const NAMED = ['mo', 'receipt', 'event'] as const;
type Again = (body: ReplayBody) => void;

function Call({ one, onReplay }: { one: CallShown; onReplay: Again | undefined }) {
  const t = useText('integrations');
  const kind = NAMED.find((name) => name === one.kind);
  const subject = one.sms ?? one.event;
  const again = () => onReplay?.(one.event ? { event: one.event } : { sms: one.sms ?? undefined, kinds: kind && [kind] });
  return (
    <li>
      <span className={classes.grow}>
        <StateBadge tone={one.result === 'delivered' ? 'good' : 'bad'}>
          {t(`log.kind.${one.kind}`)} {one.sms ? <Link href={`/messages/${one.sms.id}`}>{one.sms.id}</Link> : one.event?.id}
        </StateBadge>
        <small>
          {[one.description, formatDuration(one.latency_ms), ...(one.attempt > 1 ? [t('log.attempt', { attempt: one.attempt })] : [])].join(' · ')}
        </small>
      </span>
      <span className={classes.dim}>
        <Time at={one.date} />
      </span>
      {onReplay && subject && kind && (
        <Tooltip label={t('log.replay')}>
          <ActionIcon size="sm" aria-label={`${t('log.replay')}: ${t(`log.kind.${one.kind}`)} ${subject.id}`} onClick={again}>
            <IconRefresh size={14} stroke={1.5} />
          </ActionIcon>
        </Tooltip>
      )}
    </li>
  );
}
