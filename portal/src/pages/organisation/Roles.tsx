// What each role may.
import { useGet, useMe } from '@/api';
import { ErrorNote, SettingsPage, SettingsRow, SettingsSection } from '@/parts';
import { isSaid, useText } from '@/texts';
import classes from './Organisation.module.css';

export function Roles() {
  const t = useText('organisation');
  const { data, error, refetch } = useGet('/v1/role');
  const { data: me } = useMe();
  if (error) return <ErrorNote problem={error} retry={() => void refetch()} />;
  return (
    <SettingsPage>
      {data?.map((role) => (
        <SettingsSection
          key={role.id}
          title={me?.roles.some(({ id }) => id === role.id) ? t('roles.yours', { role: nameOf(role, t) }) : nameOf(role, t)}
          about={isSaid('organisation', `role.${role.id}.about`) ? t(`role.${role.id}.about`) : role.about}
        >
          <SettingsRow>
            <ul className={classes.scopes} aria-label={t('roles.scopes', { role: nameOf(role, t) })}>
              {role.scopes.map((scope) => (
                <li key={scope}>
                  <code>{scope}</code>
                </li>
              ))}
            </ul>
          </SettingsRow>
        </SettingsSection>
      ))}
    </SettingsPage>
  );
}

const nameOf = (role: { id: number; description: string }, t: (key: string) => string): string =>
  isSaid('organisation', `role.${role.id}.name`) ? t(`role.${role.id}.name`) : role.description;
