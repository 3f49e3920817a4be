// What may be sent: commands as buttons, which ask first, and words of one's own.
import { type FormEvent, type KeyboardEvent, useState } from 'react';
import type { SessionShown } from '@/api/schema';
import { countText } from '@/sms/segments';
import type { Said } from './api';
import { Commands } from './Commands';
import { useText } from './texts';

const LONGEST_TEXT = 1_600;

export function Composer({ session, device, onSend }: { session: SessionShown; device: string; onSend: (said: Said) => void }) {
  const t = useText('console');
  const none = session.rate_left === 0;
  return (
    <footer>
      {none && (
        <p role="status" className="used">
          {t('noneLeft')}
        </p>
      )}
      {session.commands.length > 0 && (
        <Commands labels={session.commands.map(({ label }) => label)} device={device} disabled={none} onSend={onSend} />
      )}
      {session.free_text && <FreeText disabled={none} onSend={onSend} />}
    </footer>
  );
}

function FreeText({ disabled, onSend }: { disabled: boolean; onSend: (said: Said) => void }) {
  const t = useText('console');
  const [text, setText] = useState('');
  const { segments } = countText(text);
  const send = (event?: FormEvent) => {
    event?.preventDefault();
    if (text.trim() === '' || disabled) return;
    onSend({ payload: text });
    setText('');
  };
  // On a phone Enter is how one begins a line.
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing || !matchMedia('(pointer: fine)').matches) return;
    event.preventDefault();
    send();
  };
  return (
    <form onSubmit={send} className="words">
      <textarea
        aria-label={t('message')}
        placeholder={t('message')}
        rows={1}
        maxLength={LONGEST_TEXT}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKey}
      />
      <button type="submit" className="primary" disabled={disabled || text.trim() === ''}>
        {t('send')}
      </button>
      {segments > 1 && <p className="soft">{t('segments', { count: segments })}</p>}
    </form>
  );
}
