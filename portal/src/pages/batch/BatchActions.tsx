// What can be done with a batch: hold it, let it go on, cancel it, send again to those that failed, take the results.
import { ActionIcon, Button, Tooltip } from '@mantine/core';
import { IconDownload, IconPlayerPause, IconPlayerPlay, IconRefresh, IconX } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { useLocation } from 'wouter';
import { type Answer, asProblem, download, useChange, useMay } from '@/api';
import { confirm, formatNumber, notifyDone, notifyProblem } from '@/parts';
import { useText } from '@/texts';
import classes from './Batch.module.css';
import { freshKey } from './key';

type Seen = Answer<'get', '/v1/batch/{batch}'>;

export function BatchActions({ batch }: { batch: Seen }) {
  const t = useText('batch');
  const maySend = useMay('sms:send');
  const save = () =>
    void download(`/v1/batch/${batch.id}/recipient.csv`, `batch-${batch.id}.csv`).catch((thrown: unknown) => notifyProblem(asProblem(thrown)));
  return (
    <>
      {maySend && <Steering batch={batch} />}
      {maySend && <Retry batch={batch} />}
      <Tooltip label={t('csv')}>
        <ActionIcon variant="default" size={30} aria-label={t('csv')} onClick={save}>
          <IconDownload size={16} stroke={1.5} />
        </ActionIcon>
      </Tooltip>
    </>
  );
}

type Given = { label: string; Icon: typeof IconX; primary?: boolean; loading: boolean; disabled?: boolean; onClick: () => void };

/** Where it is narrow the sign stands alone. */
function Action({ label, Icon, primary = false, ...rest }: Given): ReactNode {
  return (
    <Tooltip label={label}>
      <Button {...rest} variant={primary ? 'filled' : 'default'} aria-label={label} leftSection={<Icon size={14} stroke={1.5} />} className={classes.action}>
        <span className={classes.word}>{label}</span>
      </Button>
    </Tooltip>
  );
}

function Steering({ batch }: { batch: Seen }) {
  const t = useText('batch');
  const params = { path: { batch: batch.id } };
  const pause = useChange('post', '/v1/batch/{batch}/pause', ['/v1/sms']);
  const resume = useChange('post', '/v1/batch/{batch}/resume', ['/v1/sms']);
  const cancel = useChange('post', '/v1/batch/{batch}/cancel', ['/v1/sms']);
  const state = batch.state.description;
  const left = batch.accepted - batch.final;
  const said = (text: string) => ({ onSuccess: () => notifyDone(text), onError: notifyProblem });
  const stop = async () => {
    const sure = await confirm({
      title: t('cancelTitle'), text: t('cancelText', { count: left, number: formatNumber(left) }), action: t('cancelAction'), danger: true,
    });
    if (sure) cancel.mutate({ params }, said(t('canceled')));
  };
  if (state === 'FINISHED' || state === 'CANCELED') return null;
  return (
    <>
      {state === 'PAUSED' ? (
        <Action label={t('resume')} Icon={IconPlayerPlay} primary loading={resume.isPending} onClick={() => resume.mutate({ params }, said(t('resumed')))} />
      ) : (
        <Action label={t('pause')} Icon={IconPlayerPause} loading={pause.isPending} disabled={state === 'ACCEPTING'} onClick={() => pause.mutate({ params }, said(t('paused')))} />
      )}
      <Action label={t('cancel')} Icon={IconX} loading={cancel.isPending} onClick={() => void stop()} />
    </>
  );
}

function Retry({ batch }: { batch: Seen }) {
  const t = useText('batch');
  const [, go] = useLocation();
  const [key] = useState(freshKey);
  const retry = useChange('post', '/v1/batch/{batch}/retry', ['/v1/sms']);
  const count = (batch.counts['FAILED'] ?? 0) + (batch.counts['EXPIRED'] ?? 0);
  if (count === 0 || batch.state.description === 'ACCEPTING') return null;
  const again = async () => {
    const number = formatNumber(count);
    if (!(await confirm({ title: t('retryTitle', { count, number }), text: t('retryText'), action: t('retry') }))) return;
    retry.mutate(
      { params: { path: { batch: batch.id } }, body: {}, headers: { 'Idempotency-Key': key } },
      { onSuccess: (made) => go(`/batches/${made.id}`), onError: notifyProblem },
    );
  };
  return <Action label={t('retryFailed', { count, number: formatNumber(count) })} Icon={IconRefresh} loading={retry.isPending} onClick={() => void again()} />;
}
