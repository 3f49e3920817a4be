// An SMS that the API does not have yet, or would not take.
import { Button, Group } from '@mantine/core';
import type { SmsBody } from '@/api/schema';
import { StateBadge, errorText } from '@/parts';
import { useText } from '@/texts';
import classes from './Bubble.module.css';
import type { Outgoing } from './useSending';

type Props = { one: Outgoing; retry: (one: Outgoing) => void; edit: (body: SmsBody) => void; drop: (key: string) => void };

export function Sending({ one, retry, edit, drop }: Props) {
  const t = useText('device');
  const change = () => {
    drop(one.key);
    edit(one.body);
  };
  return (
    <li className={classes.item}>
      <div className={classes.line}>
        <div className={classes.bubble}>{one.body.dcs === 4 ? <code className={classes.hex}>{one.body.payload}</code> : one.body.payload}</div>
      </div>
      <div className={classes.state}>
        <StateBadge tone={one.problem ? 'bad' : 'off'}>{t(one.problem ? 'chat.notSent' : 'chat.sending')}</StateBadge>
        {one.problem && (
          <div role="alert">
            <span className={classes.problem}>{errorText(one.problem)}</span>
            <Group gap={4} justify="flex-end" mt={4}>
              <Button size="compact-xs" variant="default" onClick={() => retry(one)}>
                {t('chat.tryAgain')}
              </Button>
              <Button size="compact-xs" variant="default" onClick={change}>
                {t('chat.edit')}
              </Button>
              <Button size="compact-xs" variant="subtle" color="gray" onClick={() => drop(one.key)}>
                {t('chat.discard')}
              </Button>
            </Group>
          </div>
        )}
      </div>
    </li>
  );
}
