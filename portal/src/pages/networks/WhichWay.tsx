// Which way an SMS to a number would go, and why. Nothing is sent.
import { Button, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { fieldErrors, useChange } from '@/api';
import { ErrorNote, SidePanel, StateBadge, fieldText } from '@/parts';
import { useText } from '@/texts';
import classes from './Networks.module.css';

export function WhichWay({ onClose }: { onClose: () => void }) {
  const t = useText('networks');
  const [number, setNumber] = useState('');
  const ask = useChange('post', '/v1/sms_route/preview');
  const wrong = fieldErrors(ask.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    ask.mutate({ body: { number } });
  };
  return (
    <SidePanel opened onClose={onClose} title={t('whichWay')}>
      <form onSubmit={submit} className={classes.form}>
        <TextInput
          label={t('number')} description={t('numberAbout')} value={number} inputMode="tel"
          error={fieldText(wrong['number'])} onChange={(event) => setNumber(event.currentTarget.value)} data-autofocus
        />
        <div>
          <Button type="submit" loading={ask.isPending} disabled={number.trim() === ''}>
            {t('show')}
          </Button>
        </div>
      </form>
      {Object.keys(wrong).length === 0 && <ErrorNote problem={ask.error} />}
      <div role="status">{ask.data && <Ways found={ask.data} />}</div>
    </SidePanel>
  );
}

type Found = NonNullable<ReturnType<typeof useChange<'post', '/v1/sms_route/preview'>>['data']>;

function Ways({ found }: { found: Found }) {
  const t = useText('networks');
  if (found.refusal) return <StateBadge tone="bad">{found.refusal}</StateBadge>;
  if (found.ways.length === 0) return <StateBadge tone="good">{t('direct', { network: found.network })}</StateBadge>;
  return (
    <ol className={classes.inbox}>
      {found.ways.map((way) => (
        <li key={way.order}>
          <span className={classes.meta}>
            <b>{way.upstream.name}</b>
            <StateBadge tone={way.up ? 'good' : 'bad'}>{t(way.up ? 'gate.open' : 'gate.closed')}</StateBadge>
          </span>
          {way.why.map((why) => (
            <span key={why} className={classes.quiet}>
              {why}
            </span>
          ))}
          {way.cannot_carry && <span className={classes.quiet}>{way.cannot_carry}</span>}
        </li>
      ))}
    </ol>
  );
}
