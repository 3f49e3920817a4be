// Lets the device send by its radio: it waits while there is no coverage, and hears it when the centre refuses.
import { Button, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { type Answer, fieldErrors, useChange } from '@/api';
import { ErrorNote, StateBadge, Time, type Tone, fieldText } from '@/parts';
import { useText } from '@/texts';
import type { Virtual } from './DevicePanel';
import classes from './Networks.module.css';

const PATH = '/v1/simulator/device/{endpoint}/sms';
const TONES: Record<string, Tone> = { accepted: 'good', refused: 'bad', waiting: 'wait' };

export function LetSend({ id, device }: { id: number; device: Virtual }) {
  const t = useText('networks');
  const [to, setTo] = useState(device.last_sms?.source_address ?? '');
  const [payload, setPayload] = useState('');
  const [said, setSaid] = useState<Answer<'post', typeof PATH> | null>(null);
  const send = useChange('post', PATH, ['/v1/sms']);
  const wrong = fieldErrors(send.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setSaid(null);
    send.mutate(
      { params: { path: { endpoint: id } }, body: { dest_address: to.trim(), payload } },
      {
        onSuccess: (answer) => {
          setSaid(answer);
          setPayload('');
        },
      },
    );
  };
  return (
    <form onSubmit={submit} className={classes.section} aria-label={t('letSend')}>
      <h3 className={classes.heading}>{t('letSend')}</h3>
      <div className={classes.fields}>
        <TextInput label={t('to')} value={to} error={fieldText(wrong['dest_address'])} onChange={(event) => setTo(event.currentTarget.value)} />
        <TextInput label={t('text')} value={payload} error={fieldText(wrong['payload'])} onChange={(event) => setPayload(event.currentTarget.value)} />
      </div>
      {Object.keys(wrong).length === 0 && <ErrorNote problem={send.error} />}
      <div className={classes.now} role="status">
        <Button type="submit" variant="default" loading={send.isPending} disabled={to.trim() === '' || payload === ''}>
          {t('send')}
        </Button>
        {said && <StateBadge tone={TONES[said.state] ?? 'off'}>{t(`sent.${said.state}`)}</StateBadge>}
        {said?.reason && <span className={classes.quiet}>{said.reason}</span>}
      </div>
      <Pending device={device} />
    </form>
  );
}

/** What it could not send yet, and what the centre would not take. */
function Pending({ device: { sending, refused } }: { device: Virtual }) {
  const t = useText('networks');
  if (sending.length === 0 && refused.length === 0) return null;
  return (
    <ul className={classes.inbox}>
      {sending.map((letter, at) => (
        <li key={`sending ${at}`}>
          <StateBadge tone="wait">{t('waitsFor', { to: letter.dest_address })}</StateBadge>
          <span className={classes.read}>{letter.payload}</span>
        </li>
      ))}
      {refused.map((letter, at) => (
        <li key={`refused ${at}`}>
          <span className={classes.meta}>
            <StateBadge tone="bad" title={letter.reason}>
              {t('refusedFor', { to: letter.dest_address })}
            </StateBadge>
            <Time at={letter.date} />
          </span>
          <span className={classes.read}>{letter.payload}</span>
        </li>
      ))}
    </ul>
  );
}
