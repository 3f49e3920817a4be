// How one signs in oneself: password, codes, devices that need none, and logins.
import { Button, PasswordInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { fieldErrors, useChange, useGet, useMe } from '@/api';
import { ErrorNote, Setting, SettingsPage, SettingsRow, SettingsSection, Time, fieldText, notifyDone, notifyProblem } from '@/parts';
import { useText } from '@/texts';
import { Factor } from './Factor';
import classes from './Organisation.module.css';
import { Sessions } from './Sessions';

const MY = { path: { user: 'my' } } as const;

export function Security() {
  return (
    <SettingsPage>
      <Factor />
      <Trusted />
      <Password />
      <Sessions user="my" />
    </SettingsPage>
  );
}

function Password() {
  const t = useText('organisation');
  const { data: me } = useMe();
  const [now, setNow] = useState('');
  const [next, setNext] = useState('');
  const change = useChange('patch', '/v1/user/{user}');
  const errors = fieldErrors(change.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate({ params: MY, body: { current_password: now, password: next } }, { onSuccess: () => notifyDone(t('password.done')) });
  };
  return (
    <SettingsSection title={t('password.title')} about={t('password.about')}>
      <SettingsRow>
        <form className={classes.form} onSubmit={submit}>
          <input type="text" autoComplete="username" value={me?.username ?? ''} readOnly hidden />
          <PasswordInput className={classes.field} label={t('password.now')} autoComplete="current-password" required value={now} error={fieldText(errors.current_password)} onChange={(event) => setNow(event.currentTarget.value)} />
          <PasswordInput className={classes.field} label={t('password.next')} autoComplete="new-password" required minLength={8} value={next} error={fieldText(errors.password)} onChange={(event) => setNext(event.currentTarget.value)} />
          <Button type="submit" variant="default" loading={change.isPending}>
            {t('password.change')}
          </Button>
        </form>
        {change.error && Object.keys(errors).length === 0 && <ErrorNote problem={change.error} />}
      </SettingsRow>
    </SettingsSection>
  );
}

function Trusted() {
  const t = useText('organisation');
  const { data } = useGet('/v1/user/{user}/mfa/trusted_device', MY);
  const forget = useChange('delete', '/v1/user/{user}/mfa/trusted_device/{device}');
  if (!data || data.length === 0) return null;
  return (
    <SettingsSection title={t('trusted.title')} about={t('trusted.about')}>
      {data.map((device) => (
        <Setting
          key={device.id}
          label={t('trusted.device', { browser: device.browser, system: device.operating_system })}
          about={<>{t('trusted.until')} <Time at={device.expiry_date} /></>}
        >
          <Button variant="default" size="compact-xs" onClick={() => forget.mutate({ params: { path: { user: 'my', device: device.id } } }, { onError: notifyProblem })}>
            {t('trusted.forget')}
          </Button>
        </Setting>
      ))}
    </SettingsSection>
  );
}
