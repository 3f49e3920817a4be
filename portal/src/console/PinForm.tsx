// A link that asks for a PIN, which came another way.
import { type FormEvent, useRef, useState } from 'react';
import { useText } from './texts';
import { useOpening } from './useOpening';

export function PinForm({ again, onOpen }: { again: boolean; onOpen: (pin: string) => Promise<void> }) {
  const t = useText('console');
  const [pin, setPin] = useState('');
  const { busy, problem, run } = useOpening(t('wrongPin'));
  const field = useRef<HTMLInputElement>(null);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void run(() => onOpen(pin)).then((done) => {
      if (done) return;
      setPin('');
      field.current?.focus();
    });
  };
  return (
    <form onSubmit={submit} className="form">
      <h1>{t('pinTitle')}</h1>
      <p>{t(again ? 'pinAgain' : 'pinAbout')}</p>
      <label>
        {t('pin')}
        <input
          ref={field}
          type="password"
          inputMode="numeric"
          value={pin}
          onChange={(event) => setPin(event.target.value.replace(/\D/g, ''))}
          minLength={4}
          maxLength={12}
          autoComplete="off"
          required
        />
      </label>
      {problem && (
        <p role="alert" className="problem">
          {problem}
        </p>
      )}
      <button type="submit" className="primary" disabled={busy}>
        {t(busy ? 'opening' : 'open')}
      </button>
    </form>
  );
}
