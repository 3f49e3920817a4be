// Asks before something is done that cannot be undone: `if (await confirm({ title, text, action }))`.
import { Button, Group, Modal, Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useText } from '@/texts';

export type Question = { title: string; text?: string; action: string; danger?: boolean };
type Asked = Question & { answer: (yes: boolean) => void };

const ABOVE = 300; // side panels, from which it is often asked
// Escape answers the question; the panel below it does not hear of it.
const ALONE = { 'data-mantine-stop-propagation': 'true' };

let ask: ((asked: Asked) => void) | null = null;

export function confirm(question: Question): Promise<boolean> {
  return new Promise((answer) => {
    if (ask === null) answer(false);
    else ask({ ...question, answer });
  });
}

/** Stands once, at the top of the portal. */
export function ConfirmHost() {
  const t = useText('parts');
  const [asked, setAsked] = useState<Asked | null>(null);
  const [opened, setOpened] = useState(false);
  useEffect(() => {
    ask = (question) => {
      setAsked(question);
      setOpened(true);
    };
    return () => {
      ask = null;
    };
  }, []);
  const close = (yes: boolean) => {
    asked?.answer(yes);
    setOpened(false);
  };
  return (
    <Modal
      opened={opened}
      onClose={() => close(false)}
      title={asked?.title}
      size="sm"
      zIndex={ABOVE}
      closeOnEscape={false}
      onKeyDown={(event) => event.key === 'Escape' && close(false)}
      closeButtonProps={{ 'aria-label': t('close'), ...ALONE }}
      onExitTransitionEnd={() => setAsked(null)}
    >
      {asked?.text && (
        <Text size="sm" c="dimmed">
          {asked.text}
        </Text>
      )}
      <Group justify="flex-end" gap="xs" mt="lg">
        <Button variant="default" onClick={() => close(false)} {...ALONE}>
          {t('cancel')}
        </Button>
        <Button color={asked?.danger ? 'red.8' : undefined} onClick={() => close(true)} data-autofocus {...ALONE}>
          {asked?.action}
        </Button>
      </Group>
    </Modal>
  );
}
