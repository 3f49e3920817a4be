import { Button, Checkbox, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { type Problem, asProblem } from '@/api';
import { signInWithCode } from '@/api/session';
import { ErrorNote } from '@/parts';
import { useText } from '@/texts';
import classes from './SignIn.module.css';

const WRONG = 1101;
const LOCKED = 1105;
const OVER = [1102, 1103];

/** A code of the app, or one of the recovery codes: both go the same way. */
export function CodeForm({ mfaToken, onBack }: { mfaToken: string; onBack: () => void }) {
  const t = useText('signin');
  const [isRecovery, setRecovery] = useState(false);
  const [code, setCode] = useState('');
  const [trust, setTrust] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      await signInWithCode(mfaToken, code.replace(/\s/g, ''), trust);
    } catch (thrown) {
      setProblem(asProblem(thrown));
      setCode('');
    } finally {
      setBusy(false);
    }
  };
  const said = () => {
    if (problem?.status !== 401) return undefined;
    if (problem.code === LOCKED) return t('locked');
    if (OVER.includes(problem.code)) return t('halfOver');
    return problem.code === WRONG ? (isRecovery ? t('wrongRecovery') : t('wrongCode')) : undefined;
  };
  return (
    <form className={classes.form} onSubmit={(event) => void submit(event)}>
      <TextInput
        key={String(isRecovery)}
        label={isRecovery ? t('recovery') : t('code')}
        description={isRecovery ? t('recoveryAbout') : t('codeAbout')}
        value={code}
        onChange={(event) => setCode(event.currentTarget.value)}
        autoComplete="one-time-code"
        inputMode={isRecovery ? 'text' : 'numeric'}
        spellCheck={false}
        error={said()}
        errorProps={{ role: 'alert' }}
        autoFocus
        required
        withAsterisk={false}
        styles={{ input: { fontVariantNumeric: 'tabular-nums', letterSpacing: '0.08em' } }}
      />
      {said() === undefined && <ErrorNote problem={problem} />}
      {!isRecovery && <Checkbox label={t('trust')} checked={trust} onChange={(event) => setTrust(event.currentTarget.checked)} />}
      <Button type="submit" size="sm" fullWidth loading={busy}>
        {t('confirm')}
      </Button>
      <div className={classes.ways}>
        <button type="button" className={classes.way} onClick={onBack}>
          {t('back')}
        </button>
        <button
          type="button"
          className={classes.way}
          onClick={() => {
            setRecovery(!isRecovery);
            setCode('');
            setProblem(null);
          }}
        >
          {isRecovery ? t('useCode') : t('useRecovery')}
        </button>
      </div>
    </form>
  );
}
