// One upstream: how it does, a test, its last PDUs.
import { Button } from '@mantine/core';
import { useState } from 'react';
import { useChange, useGet, useMay } from '@/api';
import type { Answer } from '@/api';
import type { HealthShown, LinkShown, UpstreamShown } from '@/api/schema';
import { ErrorNote, SidePanel, StateBadge, Time, type Tone, confirm, formatDuration, formatNumber, notifyProblem } from '@/parts';
import { useText } from '@/texts';
import { DISABLED, ENABLED, UpstreamState } from '.';
import { Facts, Part } from '../Facts';
import classes from '../Integrations.module.css';
import { Trace } from '../Trace';

const NEWEST = 100;
const TONES: Record<string, Tone> = { bound: 'good', connecting: 'wait', binding: 'wait', waiting: 'bad', leaving: 'off' };

export function UpstreamPanel({ id, onClose }: { id: number; onClose: () => void }) {
  const t = useText('integrations');
  const params = { path: { upstream: id } };
  const { data: upstream, error } = useGet('/v1/upstream/{upstream}', params);
  const health = useGet('/v1/upstream/{upstream}/health', params);
  const trace = useGet('/v1/upstream/{upstream}/trace', { ...params, query: { limit: NEWEST } });
  const may = useMay('upstream:write');
  return (
    <SidePanel opened wide onClose={onClose} title={upstream?.name ?? ''} footer={upstream && may && <Actions upstream={upstream} onClose={onClose} />}>
      <ErrorNote problem={error} />
      {upstream && (
        <>
          <Facts
            facts={[
              [t('state'), <UpstreamState key="state" upstream={upstream} />],
              upstream.host !== null && [t('upstreams.host'), `${upstream.host}:${upstream.port ?? ''}${upstream.tls ? ' · TLS' : ''}`],
              upstream.system_id !== null && [t('smpp.systemId'), upstream.system_id],
              upstream.origin === 'settings' && [t('upstreams.origin'), t('upstreams.fromSettings')],
            ]}
          />
          {may && <Test id={id} />}
          <ErrorNote problem={health.error} />
          {health.data && <Health health={health.data} />}
          <Part title={t('trace.title')}>
            <ErrorNote problem={trace.error} />
            <Trace pdus={trace.data} />
          </Part>
        </>
      )}
    </SidePanel>
  );
}

function Health({ health }: { health: HealthShown }) {
  const t = useText('integrations');
  return (
    <Part title={t('upstreams.health')}>
      <Facts
        facts={[
          [t('upstreams.inFlight'), t('smpp.bindsOf', { binds: health.in_flight, most: health.window })],
          [t('upstreams.waiting'), formatNumber(health.waiting)],
          [t('upstreams.rate'), health.rate_per_s === null ? t('unlimited') : t('perSecond', { rate: formatNumber(health.rate_per_s, { maximumFractionDigits: 1 }) })],
          [t('upstreams.submitted'), formatNumber(health.submitted)],
          [t('upstreams.accepted'), formatNumber(health.accepted)],
          [t('upstreams.refused'), countsOf(health.refused)],
          [t('upstreams.receipts'), countsOf(health.receipts)],
          [t('upstreams.received'), formatNumber(health.received)],
        ]}
      />
      <ul className={classes.list}>
        {health.binds.map((bind) => (
          <Bind key={bind.id} bind={bind} />
        ))}
      </ul>
    </Part>
  );
}

const countsOf = (counts: Record<string, number>): string =>
  Object.entries(counts).map(([name, count]) => `${name} ${formatNumber(count)}`).join(', ') || formatNumber(0);

function Bind({ bind }: { bind: LinkShown }) {
  const t = useText('integrations');
  return (
    <li>
      <span className={classes.grow}>
        <StateBadge tone={TONES[bind.state] ?? 'off'}>{t(`upstreams.bindState.${bind.state}`)}</StateBadge>
        <small>{bind.last_error ?? ''}</small>
      </span>
      <span className={classes.dim}>
        <Time at={bind.since} />
      </span>
    </li>
  );
}

function Test({ id }: { id: number }) {
  const t = useText('integrations');
  const test = useChange('post', '/v1/upstream/{upstream}/test');
  const [came, setCame] = useState<Answer<'post', '/v1/upstream/{upstream}/test'> | null>(null);
  const run = () => test.mutate({ params: { path: { upstream: id } } }, { onSuccess: setCame, onError: notifyProblem });
  return (
    <div className={classes.actions}>
      <Button variant="default" onClick={run} loading={test.isPending}>
        {t('upstreams.test')}
      </Button>
      <span role="status" className={classes.grow}>
        {came && !test.isPending && (
          <StateBadge tone={came.bound ? 'good' : 'bad'}>
            {came.bound ? t('upstreams.testBound', { took: formatDuration(came.milliseconds) }) : `${t(`upstreams.stage.${came.stage}`)} ${came.error ?? came.command_status ?? ''}`}
          </StateBadge>
        )}
      </span>
    </div>
  );
}

function Actions({ upstream, onClose }: { upstream: UpstreamShown; onClose: () => void }) {
  const t = useText('integrations');
  const change = useChange('patch', '/v1/upstream/{upstream}');
  const remove = useChange('delete', '/v1/upstream/{upstream}');
  if (upstream.origin === 'settings') return null;
  const params = { path: { upstream: upstream.id } };
  const isOn = upstream.status.id === ENABLED;
  const turn = async () => {
    if (isOn && !(await confirm({ title: t('upstreams.askDisable'), text: t('upstreams.askDisableAbout'), action: t('disable'), danger: true }))) return;
    change.mutate({ params, body: { status: { id: isOn ? DISABLED : ENABLED } } }, { onError: notifyProblem });
  };
  const drop = async () => {
    if (!(await confirm({ title: t('askDelete', { name: upstream.name }), action: t('delete'), danger: true }))) return;
    remove.mutate({ params }, { onSuccess: onClose, onError: notifyProblem });
  };
  return (
    <>
      <Button variant="default" onClick={() => void drop()} loading={remove.isPending}>
        {t('delete')}
      </Button>
      <Button variant="default" onClick={() => void turn()} loading={change.isPending}>
        {t(isOn ? 'disable' : 'enable')}
      </Button>
    </>
  );
}
