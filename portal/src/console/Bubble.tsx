// One SMS: what the device sent on the left, what was sent to it on the right, with how it went.
import type { ConsoleSms } from '@/api/schema';
import { useLanguage, useText } from './texts';
import { fullTime, readTime, shortTime } from './times';
import type { Unsent } from './useSending';
import { useWhy } from './useWhy';

type Tone = 'good' | 'wait' | 'bad' | 'off';
const TONES: Record<number, Tone> = { 4: 'good', 5: 'bad', 6: 'bad', 7: 'off' };

export function SmsBubble({ sms }: { sms: ConsoleSms }) {
  const t = useText('console');
  const isMine = sms.direction === 'MT';
  return (
    <article className="bubble" data-mine={isMine || undefined} aria-label={t(isMine ? 'fromYou' : 'fromDevice')}>
      <p className={sms.binary ? 'text hex' : 'text'} data-command={sms.command !== null || undefined}>
        {sms.command ?? sms.payload ?? t('textGone')}
      </p>
      <p className="foot">
        {isMine && (
          <span className="state" data-tone={TONES[sms.status.id] ?? 'wait'}>
            {t(`state.${sms.status.id}`)}
          </span>
        )}
        <At time={readTime(sms.date)} />
      </p>
      {isMine && sms.reason && (
        <p className="why" lang="en">
          {sms.reason}
        </p>
      )}
    </article>
  );
}

export function UnsentBubble({ one, onAgain, onDrop }: { one: Unsent; onAgain: () => void; onDrop: () => void }) {
  const t = useText('console');
  const why = useWhy(one.refused);
  const { said } = one;
  return (
    <article className="bubble" data-mine aria-label={t('fromYou')}>
      <p className="text" data-command={'command' in said || undefined}>
        {'command' in said ? said.command : said.payload}
      </p>
      <p className="foot">
        <span className="state" data-tone={one.refused ? 'bad' : 'wait'}>
          {t(one.refused ? 'notSent' : 'sending')}
        </span>
        <At time={one.at} />
      </p>
      {one.refused && (
        <div role="alert" className="why">
          <p>{why}</p>
          <button type="button" className="quiet" onClick={onAgain}>
            {t('sendAgain')}
          </button>
          <button type="button" className="quiet" onClick={onDrop}>
            {t('remove')}
          </button>
        </div>
      )}
    </article>
  );
}

function At({ time }: { time: number }) {
  const language = useLanguage();
  return (
    <time dateTime={new Date(time).toISOString()} title={fullTime(time, language)}>
      {shortTime(time, language)}
    </time>
  );
}
