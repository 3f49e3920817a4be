// The conversation: whom with, what was said, what is left, and what to send next.
import { useCallback, useEffect, useState } from 'react';
import type { SessionShown } from '@/api/schema';
import { Refused, askSession } from './api';
import { Composer } from './Composer';
import { Log } from './Log';
import { useLanguage, useText } from './texts';
import { fullTime, readTime, shortTime } from './times';
import { useSending } from './useSending';
import { useTalk } from './useTalk';

const AGAIN_MS = 30_000; // the hour's SMS come back, and devices with a tag come and go

type Props = { token: string; first: SessionShown; onOver: () => void; onLeave: () => void };

export function TalkView({ token, first, onOver, onLeave }: Props) {
  const t = useText('console');
  const [session, setSession] = useState(first);
  const [chosen, setChosen] = useState(first.devices[0]?.id);
  const device = session.devices.find(({ id }) => id === chosen) ?? session.devices[0];
  const look = useCallback(async () => {
    try {
      setSession(await askSession(token));
    } catch (thrown) {
      if (thrown instanceof Refused && thrown.status === 401) onOver();
    }
  }, [token, onOver]);
  useEffect(() => {
    const timer = setInterval(() => void look(), AGAIN_MS);
    return () => clearInterval(timer);
  }, [look]);
  // A device that is not there any more is no end of a console that has others.
  const talk = useTalk(token, device?.id, look);
  const setLeft = (left: number) => setSession((now) => ({ ...now, rate_left: left }));
  const sending = useSending(token, device?.id, talk.sms, { onLeft: setLeft, onOver });
  return (
    <main className="talk">
      <header>
        <div className="whom">
          <h1>{session.kind === 'link' ? session.name : t('title')}</h1>
          <button type="button" className="quiet" onClick={onLeave}>
            {t('leave')}
          </button>
        </div>
        {session.devices.length > 1 ? (
          <select aria-label={t('device')} value={device?.id} onChange={(event) => setChosen(Number(event.target.value))}>
            {session.devices.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        ) : (
          <p className="device">{device?.name ?? t('noDevice')}</p>
        )}
        {session.more_devices && <p className="soft">{t('moreDevices')}</p>}
        <Left session={session} />
      </header>
      {talk.away && (
        <p role="alert" className="away">
          {t('reconnecting')}
        </p>
      )}
      <Log key={device?.id} sms={talk.sms} unsent={sending.unsent} onAgain={sending.again} onDrop={sending.drop} />
      {device && <Composer key={`c${device.id}`} session={session} device={device.name} onSend={sending.send} />}
    </main>
  );
}

function Left({ session }: { session: SessionShown }) {
  const t = useText('console');
  const language = useLanguage();
  const end = readTime(session.expiry_date);
  return (
    <p className="left">
      <span data-none={session.rate_left === 0 || undefined}>{t('left', { left: session.rate_left, rate: session.rate })}</span>
      <time dateTime={new Date(end).toISOString()} title={fullTime(end, language)}>
        {t('until', { time: shortTime(end, language) })}
      </time>
    </p>
  );
}
