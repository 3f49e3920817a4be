// The second factor: an app that makes codes, and codes on paper for the day when it is lost.
import { Button } from '@mantine/core';
import { useState } from 'react';
import { useChange, useMe } from '@/api';
import { SecretOnce, Setting, SettingsSection, StateBadge, Time, confirm, notifyDone, notifyProblem } from '@/parts';
import { useText } from '@/texts';
import { AskPassword } from './AskPassword';
import { Enrol } from './Enrol';
import { ACTIVE } from './people';

const FEW = 3;

export function Factor() {
  const t = useText('organisation');
  const { data: me } = useMe();
  const [enrolling, setEnrolling] = useState(false);
  const [asking, setAsking] = useState(false);
  const [codes, setCodes] = useState<string[] | null>(null);
  const remove = useChange('delete', '/v1/user/{user}/mfa/{key}');
  const make = useChange('post', '/v1/user/mfa/{key}/recovery_code');
  const key = me?.mfa.find((one) => one.status.id === ACTIVE);
  const take = async () => {
    if (key === undefined || !(await confirm({ title: t('factor.removeAsk'), text: t('factor.removeAbout'), action: t('factor.remove'), danger: true }))) return;
    remove.mutate({ params: { path: { user: 'my', key: key.id } } }, { onSuccess: () => notifyDone(t('factor.removed')), onError: notifyProblem });
  };
  const renew = (password: string) => {
    if (key === undefined) return;
    const made = ({ recovery_codes }: { recovery_codes: string[] }) => {
      setAsking(false);
      setCodes(recovery_codes);
    };
    make.mutate({ params: { path: { key: key.id } }, body: { password } }, { onSuccess: made });
  };
  const left = key?.recovery_codes_left ?? 0;
  return (
    <SettingsSection title={t('factor.title')} about={t('factor.about')}>
      <Setting label={t('factor.app')} about={key ? <>{t('factor.since')} <Time at={key.activation_date} /></> : t('factor.appAbout')}>
        {key ? (
          <>
            <StateBadge tone="good">{t('on')}</StateBadge>
            <Button variant="default" loading={remove.isPending} onClick={() => void take()}>{t('factor.remove')}</Button>
          </>
        ) : (
          <Button loading={me === undefined} onClick={() => setEnrolling(true)}>{t('factor.setUp')}</Button>
        )}
      </Setting>
      {key && (
        <Setting label={t('factor.recovery')} about={t('factor.recoveryAbout')}>
          <StateBadge tone={left > FEW ? 'good' : left > 0 ? 'wait' : 'bad'}>{t('factor.left', { count: left })}</StateBadge>
          <Button variant="default" onClick={() => setAsking(true)}>{t('factor.make')}</Button>
        </Setting>
      )}
      <Enrol opened={enrolling} onClose={() => setEnrolling(false)} onDone={setCodes} />
      <AskPassword opened={asking} title={t('factor.make')} about={t('factor.makeAbout')} busy={make.isPending} problem={make.error} onClose={() => setAsking(false)} onPassword={renew} />
      <SecretOnce title={t('factor.recovery')} about={t('factor.codesAbout')} secret={codes?.join('\n') ?? null} onClose={() => setCodes(null)} />
    </SettingsSection>
  );
}
