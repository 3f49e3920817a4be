// Signing in: name and password, then a code where one is asked for, or by the organisation's own provider.
import { useState } from 'react';
import { useText } from '@/texts';
import { CodeForm } from './CodeForm';
import { PasswordForm } from './PasswordForm';
import { Providers } from './Providers';
import classes from './SignIn.module.css';
import { SignInFoot } from './SignInFoot';
import { useTitle } from './useTitle';

export default function SignIn() {
  const t = useText('signin');
  const [mfaToken, setMfaToken] = useState<string | null>(null);
  useTitle(t('title'));
  return (
    <div className={classes.page}>
      <main className={classes.panel}>
        <img src="/favicon.svg" alt="" width={36} height={36} />
        <h1 className={classes.title}>Heliograph</h1>
        <p className={classes.about}>{t('about')}</p>
        {mfaToken === null ? (
          <>
            <PasswordForm onCode={setMfaToken} />
            <Providers />
          </>
        ) : (
          <CodeForm mfaToken={mfaToken} onBack={() => setMfaToken(null)} />
        )}
      </main>
      <SignInFoot />
    </div>
  );
}
