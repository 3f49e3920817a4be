// Opening by what stands on the device: its identifier and its number.
import { type FormEvent, useRef, useState } from 'react';
import type { Opening } from './api';
import { useText } from './texts';
import { useOpening } from './useOpening';

export function IdentifierForm({ onOpen }: { onOpen: (opening: Opening) => Promise<void> }) {
  const t = useText('console');
  const [identifier, setIdentifier] = useState('');
  const [msisdn, setMsisdn] = useState('');
  const { busy, problem, run } = useOpening(t('wrongIdentifier'));
  const field = useRef<HTMLInputElement>(null);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void run(() => onOpen({ identifier: identifier.trim(), msisdn: msisdn.trim() })).then((done) => done || field.current?.focus());
  };
  return (
    <form onSubmit={submit} className="form">
      <h1>{t('title')}</h1>
      <p>{t('formAbout')}</p>
      <label>
        {t('identifier')}
        <input
          ref={field}
          value={identifier}
          onChange={(event) => setIdentifier(event.target.value)}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          required
        />
      </label>
      <label>
        {t('msisdn')}
        <input type="tel" value={msisdn} onChange={(event) => setMsisdn(event.target.value)} autoComplete="off" required />
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
