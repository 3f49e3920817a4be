// Step 4: the first SMS, filled in already.
import { Button, Select, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { fieldErrors, idOf, useChange } from '@/api';
import { ErrorNote, fieldText } from '@/parts';
import { useText } from '@/texts';
import type { Device, Sent } from './Guide';
import classes from './Guide.module.css';

const FROM = '2020';
const TEXT = 'STATUS'; // virtual trackers answer it
const ANSWERS = 'sim-profile=tracker';

export function FirstSms({ devices, onSent }: { devices: readonly Device[]; onSent: (sent: Sent) => void }) {
  const t = useText('overview');
  const answering = devices.find((device) => device.tags?.includes(ANSWERS)) ?? devices[0];
  const [to, setTo] = useState(answering?.id);
  const [from, setFrom] = useState(FROM);
  const [payload, setPayload] = useState(TEXT);
  const send = useChange('post', '/v1/endpoint/{endpoint}/sms', ['/v1/sms', '/v1/overview']);
  const wrong = fieldErrors(send.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const endpoint = to ?? answering?.id;
    if (endpoint === undefined) return;
    send.mutate(
      { params: { path: { endpoint } }, body: { payload, source_address: from } },
      { onSuccess: ({ location }) => onSent({ sms: idOf(location), endpoint }) },
    );
  };
  return (
    <form onSubmit={submit} className={classes.form}>
      <p className={classes.text}>{t('guide.sendAbout')}</p>
      {Object.keys(wrong).length === 0 && <ErrorNote problem={send.error} />}
      <div className={classes.fields}>
        <Select
          label={t('guide.to')}
          data={devices.map((device) => ({ value: String(device.id), label: device.name }))}
          value={String(to ?? answering?.id ?? '')}
          onChange={(value) => setTo(Number(value))}
          allowDeselect={false}
          searchable
        />
        <TextInput label={t('guide.from')} value={from} error={fieldText(wrong['source_address'])} onChange={(event) => setFrom(event.currentTarget.value)} />
        <TextInput label={t('guide.text')} value={payload} error={fieldText(wrong['payload'])} required withAsterisk={false} onChange={(event) => setPayload(event.currentTarget.value)} />
      </div>
      <div className={classes.actions}>
        <Button type="submit" loading={send.isPending}>
          {t('guide.sendNow')}
        </Button>
      </div>
    </form>
  );
}
