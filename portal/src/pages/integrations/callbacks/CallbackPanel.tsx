// One callback: what it is, a test of it, and every call that was made.
import { Button } from '@mantine/core';
import { useState } from 'react';
import { useChange, useGet, useMay } from '@/api';
import type { CallbackShown, TestShown } from '@/api/schema';
import { ErrorNote, SidePanel, StateBadge, Time, confirm, formatDuration, notifyProblem } from '@/parts';
import { useText } from '@/texts';
import { CallbackState, DISABLED, ENABLED, eventsOf } from '.';
import { Facts } from '../Facts';
import classes from '../Integrations.module.css';
import { CallbackForm } from './CallbackForm';
import { Log } from './Log';

export function CallbackPanel({ id, onClose }: { id: number; onClose: () => void }) {
  const t = useText('integrations');
  const { data: callback, error } = useGet('/v1/api_callback/{callback}', { path: { callback: id } });
  const may = useMay('callback:write');
  const [changing, setChanging] = useState(false);
  if (changing && callback) return <CallbackForm callback={callback} onClose={() => setChanging(false)} onDone={() => setChanging(false)} />;
  return (
    <SidePanel opened wide onClose={onClose} title={callback?.url ?? ''} footer={callback && may && <Actions callback={callback} onChange={() => setChanging(true)} onClose={onClose} />}>
      <ErrorNote problem={error} />
      {callback && (
        <>
          <Facts
            facts={[
              [t('state'), <CallbackState key="state" callback={callback} />],
              callback.disabled_because !== null && [t('callbacks.because'), callback.disabled_because],
              callback.purpose !== '' && [t('callbacks.purpose'), callback.purpose],
              [t('callbacks.events'), eventsOf(callback, t)],
              [t('callbacks.secret'), callback.api_secret?.id ? <SecretName key="secret" id={callback.api_secret.id} /> : t('callbacks.unsigned')],
              [t('created'), <Time key="created" at={callback.created} />],
            ]}
          />
          {may && <Test id={id} />}
          <Log id={id} />
        </>
      )}
    </SidePanel>
  );
}

function SecretName({ id }: { id: number }) {
  const { data } = useGet('/v1/api_secret/{secret}', { path: { secret: id } });
  return <>{data?.purpose || `#${id}`}</>;
}

function Test({ id }: { id: number }) {
  const t = useText('integrations');
  const test = useChange('post', '/v1/api_callback/{callback}/test');
  const [came, setCame] = useState<TestShown | null>(null);
  const run = () => test.mutate({ params: { path: { callback: id } }, body: {} }, { onSuccess: setCame, onError: notifyProblem });
  return (
    <div className={classes.actions}>
      <Button variant="default" onClick={run} loading={test.isPending}>
        {t('callbacks.test')}
      </Button>
      <span role="status" className={classes.grow}>
        {came && !test.isPending && (
          <StateBadge tone={came.result === 'delivered' ? 'good' : 'bad'}>
            {came.description} · {formatDuration(came.latency_ms)}
          </StateBadge>
        )}
      </span>
    </div>
  );
}

function Actions({ callback, onChange, onClose }: { callback: CallbackShown; onChange: () => void; onClose: () => void }) {
  const t = useText('integrations');
  const change = useChange('patch', '/v1/api_callback/{callback}');
  const remove = useChange('delete', '/v1/api_callback/{callback}');
  const params = { path: { callback: callback.id } };
  const isOn = callback.status.id === ENABLED;
  const turn = async () => {
    if (isOn && !(await confirm({ title: t('callbacks.askDisable'), text: t('callbacks.askDisableAbout'), action: t('disable'), danger: true }))) return;
    change.mutate({ params, body: { status: { id: isOn ? DISABLED : ENABLED } } }, { onError: notifyProblem });
  };
  const drop = async () => {
    if (!(await confirm({ title: t('askDelete', { name: callback.url }), action: t('delete'), danger: true }))) return;
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
      <Button onClick={onChange}>{t('change')}</Button>
    </>
  );
}
