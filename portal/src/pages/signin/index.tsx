// Signing in: name and password, then a code where one is asked for, or by the organisation's own provider.
// Whoever was invited chooses a password first.
import { Loader } from '@mantine/core';
import { useState } from 'react';
import { forgetArrival, useArrival } from '@/api/arrival';
import { ErrorNote } from '@/parts';
import { useText } from '@/texts';
import { CodeForm } from './CodeForm';
import { InvitationForm } from './InvitationForm';
import { PasswordForm } from './PasswordForm';
import { Providers } from './Providers';
import { Said } from './Said';
import classes from './SignIn.module.css';
import { SignInFoot } from './SignInFoot';
import { useProvider } from './useProvider';
import { useTitle } from './useTitle';

export default function SignIn() {
  const t = useText('signin');
  useTitle(t('title'));
  return (
    <div className={classes.page}>
      <main className={classes.panel}>
        <img src="/favicon.svg" alt="" width={36} height={36} />
        <h1 className={classes.title}>Heliograph</h1>
        <p className={classes.about}>{t('about')}</p>
        <Ways />
      </main>
      <SignInFoot />
    </div>
  );
}

function Ways() {
  const t = useText('signin');
  const arrived = useArrival();
  const [mfaToken, setMfaToken] = useState<string | null>(null);
  const [isSet, setSet] = useState(false);
  const { error, problem } = useProvider(setMfaToken);
  if (mfaToken !== null) return <CodeForm mfaToken={mfaToken} onBack={() => setMfaToken(null)} />;
  if (arrived?.invitation !== undefined) {
    const done = (set: boolean) => {
      setSet(set);
      forgetArrival();
    };
    return <InvitationForm key={arrived.invitation} token={arrived.invitation} onCode={setMfaToken} onDone={done} />;
  }
  if (arrived?.code !== undefined) return <Loader size="sm" role="status" aria-label={t('wait')} />;
  return (
    <>
      <div className={classes.notes}>
        {error !== undefined && <Said>{t(`provider.${error}`)}</Said>}
        <ErrorNote problem={problem} />
        {isSet && <Said good>{t('invitation.isSet')}</Said>}
      </div>
      <PasswordForm onCode={setMfaToken} />
      <Providers />
    </>
  );
}
