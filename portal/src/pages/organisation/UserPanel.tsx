// One person: role, state, a link to choose a password, where they are signed in.
import { Button, Select } from '@mantine/core';
import { asProblem, call, refresh, useChange, useGet, useMay, useMe } from '@/api';
import { useQueryClient } from '@tanstack/react-query';
import { ErrorNote, Setting, SettingsSection, SidePanel, StateBadge, Time, confirm, notifyDone, notifyProblem, notifyUndo } from '@/parts';
import { useText } from '@/texts';
import classes from './Organisation.module.css';
import { ACTIVE, ADMINISTRATOR, OBSERVER, type Person, SUSPENDED, TONES, USER, hasFactor, roleOf } from './people';
import { Sessions } from './Sessions';

type Props = { user: number | null; onClose: () => void; onLink: (url: string) => void };

export function UserPanel({ user, onClose, onLink }: Props) {
  const found = useGet('/v1/user/{user}', { path: { user: `${user ?? 0}` } }, { when: user !== null, keep: true });
  const person = found.data;
  return (
    <SidePanel opened={user !== null} onClose={onClose} title={person?.username ?? '\u00a0'}>
      <ErrorNote problem={found.error} />
      {person && user !== null && <OfPerson key={person.id} person={person} onClose={onClose} onLink={onLink} />}
    </SidePanel>
  );
}

function OfPerson({ person, onClose, onLink }: { person: Person; onClose: () => void; onLink: (url: string) => void }) {
  const t = useText('organisation');
  const may = useMay('user:write');
  const { data: me } = useMe();
  return (
    <div className={classes.panel}>
      <SettingsSection title={t('user.about')}>
        <Setting label={t('users.name')}>
          <span>{person.name || '–'}</span>
        </Setting>
        <Setting label={t('users.status')}>
          <StateBadge tone={TONES[person.status.id] ?? 'off'}>{t(`status.${person.status.id}`)}</StateBadge>
        </Setting>
        <Role person={person} />
        <Setting label={t('users.mfa')}>
          <StateBadge tone={hasFactor(person) ? 'good' : 'off'}>{t(hasFactor(person) ? 'on' : 'off')}</StateBadge>
        </Setting>
        <Setting label={t('users.created')}>
          <Time at={person.created} />
        </Setting>
      </SettingsSection>
      {(may || person.id === me?.id) && <Sessions user={`${person.id}`} />}
      {may && person.id !== me?.id && <Acts person={person} onClose={onClose} onLink={onLink} />}
    </div>
  );
}

function Role({ person }: { person: Person }) {
  const t = useText('organisation');
  const queries = useQueryClient();
  const may = useMay('user:write');
  const now = roleOf(person);
  const roles = [ADMINISTRATOR, USER, OBSERVER].map((id) => ({ value: String(id), label: t(`role.${id}.name`) }));
  const give = async (role: number): Promise<void> => {
    const user = `${person.id}`;
    if (!person.roles.some(({ id }) => id === role)) await call('put', '/v1/user/{user}/role/{role}', { params: { path: { user, role } } });
    for (const { id } of person.roles.filter((one) => one.id !== role)) {
      await call('delete', '/v1/user/{user}/role/{role}', { params: { path: { user, role: id } } });
    }
  };
  const back = async (role: number) => {
    await call('put', '/v1/user/{user}/role/{role}', { params: { path: { user: `${person.id}`, role: now } } });
    await call('delete', '/v1/user/{user}/role/{role}', { params: { path: { user: `${person.id}`, role } } });
  };
  const attempt = (act: () => Promise<void>, done?: () => void) =>
    void act()
      .then(done, (thrown: unknown) => notifyProblem(asProblem(thrown)))
      .finally(() => refresh(queries, ['/v1/user']));
  const choose = (role: number) =>
    attempt(
      () => give(role),
      () => notifyUndo(t('user.roleGiven', { name: person.username, role: t(`role.${role}.name`) }), () => attempt(() => back(role))),
    );
  return (
    <Setting label={t('users.role')} about={t(`role.${now}.about`)}>
      {may ? (
        <Select w={150} aria-label={t('users.role')} data={roles} allowDeselect={false} value={String(now)} onChange={(chosen) => chosen !== null && Number(chosen) !== now && choose(Number(chosen))} />
      ) : (
        <span>{t(`role.${now}.name`)}</span>
      )}
    </Setting>
  );
}

function Acts({ person, onClose, onLink }: { person: Person; onClose: () => void; onLink: (url: string) => void }) {
  const t = useText('organisation');
  const invite = useChange('post', '/v1/user/{user}/invitation');
  const change = useChange('patch', '/v1/user/{user}');
  const remove = useChange('delete', '/v1/user/{user}');
  const params = { path: { user: `${person.id}` } };
  const isOut = person.status.id === SUSPENDED;
  const link = () => invite.mutate({ params }, { onSuccess: ({ url }) => onLink(url), onError: notifyProblem });
  const set = (id: number, done?: () => void) => change.mutate({ params, body: { status: { id } } }, { onSuccess: done, onError: notifyProblem });
  const suspend = () => set(SUSPENDED, () => notifyUndo(t('user.suspended', { name: person.username }), () => set(ACTIVE)));
  const erase = async () => {
    if (!(await confirm({ title: t('user.deleteAsk', { name: person.username }), text: t('user.deleteAbout'), action: t('user.delete'), danger: true }))) return;
    const done = () => {
      onClose();
      notifyDone(t('user.deleted', { name: person.username }));
    };
    remove.mutate({ params }, { onSuccess: done, onError: notifyProblem });
  };
  return (
    <SettingsSection title={t('user.acts')}>
      {!isOut && (
        <Setting label={t('user.link')} about={t('user.linkAbout')}>
          <Button variant="default" loading={invite.isPending} onClick={link}>{t('user.makeLink')}</Button>
        </Setting>
      )}
      <Setting label={t('user.access')} about={t(isOut ? 'user.activateAbout' : 'user.suspendAbout')}>
        <Button variant="default" loading={change.isPending} onClick={() => (isOut ? set(ACTIVE) : suspend())}>{t(isOut ? 'user.activate' : 'user.suspend')}</Button>
      </Setting>
      <Setting label={t('user.delete')} about={t('user.deleteAbout')}>
        <Button variant="default" loading={remove.isPending} onClick={() => void erase()}>{t('user.delete')}</Button>
      </Setting>
    </SettingsSection>
  );
}
