// Who is signed in, and what is theirs alone: language, colours, the way out.
import { Menu, UnstyledButton, useMantineColorScheme } from '@mantine/core';
import { IconCheck, IconDeviceDesktop, IconLogout, IconMoon, IconSelector, IconSun } from '@tabler/icons-react';
import { useMe } from '@/api';
import { signOut } from '@/api/session';
import { LANGUAGES, language, setLanguage, useText } from '@/texts';
import classes from './Shell.module.css';

const SCHEMES = [
  { scheme: 'light', Icon: IconSun },
  { scheme: 'dark', Icon: IconMoon },
  { scheme: 'auto', Icon: IconDeviceDesktop },
] as const;
const icon = { size: 16, stroke: 1.5, 'aria-hidden': true } as const;

export function UserMenu() {
  const t = useText('shell');
  const { data: me } = useMe();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const name = me?.name || me?.username || '';
  return (
    <Menu position="top-start" width={204}>
      <Menu.Target>
        <UnstyledButton className={classes.user}>
          <span className="visually-hidden">{t('account')}</span>
          <span className={classes.initial} aria-hidden>
            {name.slice(0, 1).toUpperCase()}
          </span>
          <span className={classes.who}>
            <span>{name || '\u00a0'}</span>
            <span className={classes.organisation}>{me?.organisation.name ?? '\u00a0'}</span>
          </span>
          <IconSelector {...icon} />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t('language')}</Menu.Label>
        {LANGUAGES.map(({ code, name: own }) => (
          <Menu.Item
            key={code}
            lang={code}
            onClick={() => setLanguage(code)}
            rightSection={code === language() ? <IconCheck {...icon} /> : undefined}
          >
            {own}
          </Menu.Item>
        ))}
        <Menu.Label>{t('colours')}</Menu.Label>
        {SCHEMES.map(({ scheme, Icon }) => (
          <Menu.Item
            key={scheme}
            leftSection={<Icon {...icon} />}
            onClick={() => setColorScheme(scheme)}
            rightSection={scheme === colorScheme ? <IconCheck {...icon} /> : undefined}
          >
            {t(`scheme.${scheme}`)}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout {...icon} />} onClick={() => void signOut()}>
          {t('signOut')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
