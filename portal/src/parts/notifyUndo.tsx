// A word about what was done, with a way back for some seconds.
import { Button, Group } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { say } from '@/texts';

const SHOWN_MS = 10_000;

export function notifyUndo(text: string, undo: () => void): void {
  const id = notifications.show({
    autoClose: SHOWN_MS,
    closeButtonProps: { 'aria-label': say('parts', 'close') },
    message: (
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <span>{text}</span>
        <Button
          variant="default"
          size="compact-xs"
          onClick={() => {
            notifications.hide(id);
            undo();
          }}
        >
          {say('parts', 'undo')}
        </Button>
      </Group>
    ),
  });
}
