// An invitation: whose it is, and the password that its owner chooses; then they are signed in with it.
import { Button, PasswordInput, Skeleton } from '@mantine/core';
import { type FormEvent, useEffect, useState } from 'react';
import { type Problem, asProblem } from '@/api';
import { acceptInvitation, session, signIn, signOut, whoseInvitation } from '@/api/session';
import { ErrorNote } from '@/parts';
import { useText } from '@/texts';
import { Said } from './Said';
import classes from './SignIn.module.css';

const SHORTEST = 8;
const LONGEST = 1000;

type Props = { token: string; onCode: (mfaToken: string) => void; onDone: (isSet: boolean) => void };

export function InvitationForm({ token, onCode, onDone }: Props) {
  const t = useText('signin');
  const { name, problem } = useInvited(token);
  if (problem !== null) {
    return (
      <div className={classes.form}>
        {problem.status === 401 ? <Said>{t('invitation.over')}</Said> : <ErrorNote problem={problem} />}
        <Button variant="default" size="sm" fullWidth onClick={() => onDone(false)}>
          {t('invitation.leave')}
        </Button>
      </div>
    );
  }
  if (name === null) return <Skeleton height={150} aria-label={t('wait')} />;
  return <NewPassword token={token} name={name} onCode={onCode} onDone={onDone} />;
}

function useInvited(token: string): { name: string | null; problem: Problem | null } {
  const [found, setFound] = useState<{ name: string | null; problem: Problem | null }>({ name: null, problem: null });
  useEffect(() => {
    let wanted = true;
    const tell = (name: string | null, problem: Problem | null) => wanted && setFound({ name, problem });
    whoseInvitation(token).then(
      (name) => tell(name, null),
      (thrown: unknown) => tell(null, asProblem(thrown)),
    );
    return () => {
      wanted = false;
    };
  }, [token]);
  return found;
}

function NewPassword({ token, name, onCode, onDone }: Props & { name: string }) {
  const t = useText('signin');
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [short, setShort] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setProblem(null);
    setShort(password.length < SHORTEST);
    if (password.length < SHORTEST) return;
    setBusy(true);
    try {
      await acceptInvitation(token, password);
    } catch (thrown) {
      setProblem(asProblem(thrown));
      setBusy(false);
      return;
    }
    if (session() !== null) await signOut(); // whoever was signed in here is somebody else
    try {
      const { mfaToken } = await signIn(name, password);
      if (mfaToken) onCode(mfaToken);
      onDone(false);
    } catch {
      onDone(true);
    }
  };
  return (
    <form className={classes.form} onSubmit={(event) => void submit(event)}>
      <p className={classes.text}>{t('invitation.about', { name })}</p>
      <input type="text" name="username" value={name} autoComplete="username" readOnly hidden />
      <PasswordInput
        label={t('invitation.password')}
        description={t('invitation.passwordAbout')}
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
        autoComplete="new-password"
        maxLength={LONGEST}
        error={short ? t('invitation.short') : undefined}
        errorProps={{ role: 'alert' }}
        autoFocus
        required
        withAsterisk={false}
      />
      {problem?.status === 401 ? <Said>{t('invitation.over')}</Said> : <ErrorNote problem={problem} />}
      <Button type="submit" size="sm" fullWidth loading={busy}>
        {t('invitation.set')}
      </Button>
      <div className={classes.ways}>
        <button type="button" className={classes.way} onClick={() => onDone(false)}>
          {t('invitation.later')}
        </button>
      </div>
    </form>
  );
}
