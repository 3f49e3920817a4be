// A secret that is shown this once: copied, then gone.
import { Button, Group, Modal, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useText } from '@/texts';
import { Code } from './Code';

type Props = { title: string; about?: ReactNode; secret: string | null; onClose: () => void };

/** Open while there is a secret. */
export function SecretOnce({ title, about, secret, onClose }: Props) {
  const t = useText('parts');
  return (
    <Modal
      opened={secret !== null}
      onClose={onClose}
      title={title}
      size="md"
      zIndex={400} // over the panel that it comes from
      closeOnClickOutside={false}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <Text size="sm" c="dimmed" mb="sm">
        {about ?? t('shownOnce')}
      </Text>
      <Code text={secret ?? ''} label={title} />
      <Group justify="flex-end" mt="lg">
        <Button onClick={onClose} data-autofocus>
          {t('kept')}
        </Button>
      </Group>
    </Modal>
  );
}
