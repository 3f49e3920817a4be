// Where somebody is signed in. Each login may be ended; of one's own, all others at once.
import { Button } from '@mantine/core';
import { useChange, useGet } from '@/api';
import { ErrorNote, SettingsRow, SettingsSection, StateBadge, Time, confirm, notifyDone, notifyProblem } from '@/parts';
import { useText } from '@/texts';
import classes from './Organisation.module.css';

/** `user`: an id, or `my`. */
export function Sessions({ user }: { user: string }) {
  const t = useText('organisation');
  const { data, error } = useGet('/v1/user/{user}/session', { path: { user } });
  const end = useChange('delete', '/v1/user/{user}/session/{session}');
  const endAll = useChange('delete', '/v1/user/{user}/session');
  const all = async () => {
    if (!(await confirm({ title: t('sessions.allAsk'), text: t('sessions.allAbout'), action: t('sessions.all'), danger: true }))) return;
    endAll.mutate({ params: { path: { user } } }, { onSuccess: () => notifyDone(t('sessions.allDone')), onError: notifyProblem });
  };
  const others = data?.filter((session) => !session.current).length ?? 0;
  const action = others > 0 && (
    <Button variant="default" loading={endAll.isPending} onClick={() => void all()}>
      {t('sessions.all')}
    </Button>
  );
  return (
    <SettingsSection title={t('sessions.title')} about={t('sessions.about')} action={action}>
      {error && <SettingsRow><ErrorNote problem={error} /></SettingsRow>}
      {data?.length === 0 && <SettingsRow><span className={classes.dim}>{t('sessions.none')}</span></SettingsRow>}
      {data?.map((session) => (
        <div key={session.id} className={classes.session} role="group" aria-label={session.client || t('sessions.unknown')}>
          <span className={classes.grow}>
            <span title={session.user_agent}>{session.client || t('sessions.unknown')}</span>
            <span className={classes.dim}>
              {session.last_address} · <Time at={session.last_seen} />
            </span>
          </span>
          {session.current ? (
            <StateBadge tone="good">{t('sessions.here')}</StateBadge>
          ) : (
            <Button variant="default" size="compact-xs" onClick={() => end.mutate({ params: { path: { user, session: session.id } } }, { onSuccess: () => notifyDone(t('sessions.ended')), onError: notifyProblem })}>
              {t('sessions.end')}
            </Button>
          )}
        </div>
      ))}
    </SettingsSection>
  );
}
