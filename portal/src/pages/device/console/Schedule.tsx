// When it goes: now, or at a time of the reader's zone.
import { ActionIcon, Button, Popover, Stack, TextInput, Tooltip } from '@mantine/core';
import { IconClock } from '@tabler/icons-react';
import { useState } from 'react';
import { useText } from '@/texts';

const HOUR_MS = 3_600_000;
const MORNING = 8;

type Props = { at: number | null; opened: boolean; onOpen: (opened: boolean) => void; set: (at: number | null) => void };

export function Schedule({ at, opened, onOpen, set }: Props) {
  const t = useText('device');
  const choose = (moment: number | null) => {
    set(moment);
    onOpen(false);
  };
  return (
    <Popover opened={opened} onChange={onOpen} position="top-start" trapFocus returnFocus shadow="md" width={290}>
      <Popover.Target>
        <Tooltip label={t('schedule.title')}>
          <ActionIcon aria-label={t('schedule.title')} aria-keyshortcuts="Alt+S" aria-pressed={at !== null} onClick={() => onOpen(!opened)}>
            <IconClock size={16} stroke={1.5} />
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown aria-label={t('schedule.title')}>{opened && <Choices at={at} choose={choose} />}</Popover.Dropdown>
    </Popover>
  );
}

function Choices({ at, choose }: { at: number | null; choose: (moment: number | null) => void }) {
  const t = useText('device');
  const [value, setValue] = useState(localValue(at ?? Date.now() + HOUR_MS));
  const moment = new Date(value).getTime();
  const isPast = !(moment > Date.now());
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!isPast) choose(moment);
      }}
    >
      <Stack gap="xs">
        <TextInput
          type="datetime-local"
          label={t('schedule.when')}
          description={Intl.DateTimeFormat().resolvedOptions().timeZone}
          value={value}
          min={localValue(Date.now())}
          onChange={(event) => setValue(event.currentTarget.value)}
          error={isPast ? t('schedule.past') : undefined}
          data-autofocus
        />
        <Button.Group>
          <Button variant="default" fullWidth px="xs" onClick={() => choose(Date.now() + HOUR_MS)}>
            {t('schedule.inAnHour')}
          </Button>
          <Button variant="default" fullWidth px="xs" onClick={() => choose(tomorrow())}>
            {t('schedule.tomorrow')}
          </Button>
        </Button.Group>
        <Button type="submit" disabled={isPast}>
          {t('schedule.set')}
        </Button>
        {at !== null && (
          <Button variant="subtle" color="gray" onClick={() => choose(null)}>
            {t('schedule.remove')}
          </Button>
        )}
      </Stack>
    </form>
  );
}

function tomorrow(): number {
  const day = new Date();
  day.setDate(day.getDate() + 1);
  return day.setHours(MORNING, 0, 0, 0);
}

/** As the field wants it: local, to the minute. */
function localValue(at: number): string {
  const shift = new Date(at).getTimezoneOffset() * 60_000;
  return new Date(at - shift).toISOString().slice(0, 16);
}
