// Commands by their labels. An SMS cannot be called back, so each asks first.
import { useRef, useState } from 'react';
import type { Said } from './api';
import { useText } from './texts';

type Props = { labels: readonly string[]; device: string; disabled: boolean; onSend: (said: Said) => void };

export function Commands({ labels, device, disabled, onSend }: Props) {
  const t = useText('console');
  const [asked, setAsked] = useState<string | null>(null);
  const dialog = useRef<HTMLDialogElement>(null);
  const yes = useRef<HTMLButtonElement>(null);
  const ask = (label: string) => {
    setAsked(label);
    dialog.current?.showModal();
    yes.current?.focus();
  };
  const send = () => {
    dialog.current?.close();
    if (asked !== null) onSend({ command: asked });
  };
  return (
    <>
      <div className="commands" role="group" aria-label={t('commands')}>
        {labels.map((label) => (
          <button key={label} type="button" disabled={disabled} onClick={() => ask(label)}>
            {label}
          </button>
        ))}
      </div>
      <dialog ref={dialog} aria-labelledby="ask">
        <h2 id="ask">{t('askCommand', { command: asked ?? '' })}</h2>
        <p>{t('askAbout', { device })}</p>
        <div className="answers">
          <button type="button" className="plain" onClick={() => dialog.current?.close()}>
            {t('cancel')}
          </button>
          <button type="button" ref={yes} className="primary" onClick={send}>
            {t('send')}
          </button>
        </div>
      </dialog>
    </>
  );
}
