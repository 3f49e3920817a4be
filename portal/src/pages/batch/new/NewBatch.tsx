// Send to many: who, what, when; beside it what would become of it.
import { useState } from 'react';
import { useLocation, useSearchParams } from 'wouter';
import { asProblem, useChange, useMay, useMe } from '@/api';
import { EmptyPage, PageBody, PageHead, confirm, formatNumber, notifyProblem } from '@/parts';
import { useText } from '@/texts';
import classes from '../Batch.module.css';
import { freshKey } from '../key';
import { type Draft, bodyOf, firstDraft } from './draft';
import { Preview } from './Preview';
import { TextPart } from './TextPart';
import { usePreview } from './usePreview';
import { WhenPart } from './WhenPart';
import { WhoPart } from './WhoPart';

export default function NewBatch() {
  const t = useText('batch');
  const known = useMe().data !== undefined;
  const maySend = useMay('sms:send');
  return (
    <>
      <PageHead title={t('new')} crumbs={[{ title: t('batches'), to: '/batches' }]} />
      <PageBody>{maySend ? <Form /> : known && <EmptyPage title={t('mayNot')} text={t('mayNotAbout')} />}</PageBody>
    </>
  );
}

function Form() {
  const t = useText('batch');
  const [, go] = useLocation();
  const [params] = useSearchParams();
  const [draft, setDraft] = useState<Draft>(() => firstDraft(params.get('q'), window.history.state));
  const set = (change: Partial<Draft>) => setDraft((now) => ({ ...now, ...change }));
  const body = bodyOf(draft);
  const { shown, problem, isCurrent } = usePreview(body);
  const send = useChange('post', '/v1/sms', ['/v1/batch', '/v1/endpoint']);
  // The same call again, after no answer came, is the same batch.
  const [keys] = useState(() => new Map<string, string>());
  const submit = async () => {
    if (body === null || shown === undefined) return;
    const number = formatNumber(shown.accepted);
    const cost = formatNumber(shown.cost, { minimumFractionDigits: 2, maximumFractionDigits: 4 });
    const text = t('sureText', { count: shown.segments, segments: formatNumber(shown.segments), cost });
    if (!(await confirm({ title: t('sureTitle', { count: shown.accepted, number }), text, action: t('send') }))) return;
    const call = JSON.stringify(body);
    const key = keys.get(call) ?? freshKey();
    keys.set(call, key);
    send.mutate(
      { body, headers: { 'Idempotency-Key': key } },
      { onSuccess: (made) => go(`/batches/${made.id}`, { replace: true }), onError: (thrown) => notifyProblem(asProblem(thrown)) },
    );
  };
  return (
    <div className={classes.form}>
      <div className={classes.fields}>
        <WhoPart draft={draft} set={set} />
        <TextPart draft={draft} set={set} />
        <WhenPart draft={draft} set={set} />
      </div>
      <Preview draft={draft} shown={shown} problem={problem} isReady={isCurrent && body !== null} isSending={send.isPending} send={() => void submit()} />
    </div>
  );
}
