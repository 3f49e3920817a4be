import { Button, PasswordInput, TextInput } from '@mantine/core';
import { type FormEvent, useRef, useState } from 'react';
import { type Problem, asProblem } from '@/api';
import { signIn } from '@/api/session';
import { ErrorNote, errorText } from '@/parts';
import { useText } from '@/texts';
import classes from './SignIn.module.css';

const LOCKED = 1105;
const WRONG = 1101;

export function PasswordForm({ onCode }: { onCode: (mfaToken: string) => void }) {
  const t = useText('signin');
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const field = useRef<HTMLInputElement>(null);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      const { mfaToken } = await signIn(name.trim(), password);
      if (mfaToken) onCode(mfaToken);
    } catch (thrown) {
      setProblem(asProblem(thrown));
      setPassword('');
      field.current?.focus();
    } finally {
      setBusy(false);
    }
  };
  const isLocked = problem?.status === 401 && problem.code === LOCKED;
  const isWrong = problem?.code === WRONG;
  return (
    <form className={classes.form} onSubmit={(event) => void submit(event)}>
      <TextInput
        label={t('username')}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        autoFocus
        required
        withAsterisk={false}
      />
      <PasswordInput
        ref={field}
        label={t('password')}
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
        autoComplete="current-password"
        error={isLocked ? t('locked') : isWrong ? errorText(problem) : undefined}
        errorProps={{ role: 'alert' }}
        required
        withAsterisk={false}
      />
      {!isLocked && !isWrong && <ErrorNote problem={problem} />}
      <Button type="submit" size="sm" fullWidth loading={busy}>
        {t('signIn')}
      </Button>
    </form>
  );
}
