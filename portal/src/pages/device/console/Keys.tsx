// Which keys do what, for those who look for them.
import { ActionIcon, Kbd, Popover, Tooltip } from '@mantine/core';
import { IconKeyboard } from '@tabler/icons-react';
import { useText } from '@/texts';
import classes from './Composer.module.css';

export function Keys() {
  const t = useText('device');
  const rows: [string, string][] = [
    ['Enter', t('keys.send')],
    ['Shift Enter', t('keys.line')],
    ['Alt T', t('keys.templates')],
    ['Alt S', t('keys.schedule')],
    ['Alt X', t('keys.hex')],
    ['↑', t('keys.up')],
    ['Esc', t('keys.back')],
    ['Enter', t('keys.details')],
    ['C', t('keys.cancel')],
    ['R', t('keys.again')],
    ['E', t('keys.edit')],
    ['T', t('keys.timeline')],
  ];
  return (
    <Popover position="top-start" trapFocus returnFocus shadow="md">
      <Popover.Target>
        <Tooltip label={t('keys.title')}>
          <ActionIcon aria-label={t('keys.title')} className={classes.keysButton}>
            <IconKeyboard size={16} stroke={1.5} />
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown aria-label={t('keys.title')} tabIndex={-1} data-autofocus>
        <dl className={classes.keys}>
          {rows.map(([keys, what]) => (
            <div key={what}>
              <dt>
                {keys.split(' ').map((key) => (
                  <Kbd key={key} size="xs">
                    {key}
                  </Kbd>
                ))}
              </dt>
              <dd>{what}</dd>
            </div>
          ))}
        </dl>
      </Popover.Dropdown>
    </Popover>
  );
}
