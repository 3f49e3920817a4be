// The password once more, before something that matters.
import { Button, Group, Modal, PasswordInput, Text } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { Problem } from '@/api';
import { ErrorNote } from '@/parts';
import { useText } from '@/texts';

type Props = { opened: boolean; title: string; about: string; busy: boolean; problem: Problem | null; onClose: () => void; onPassword: (password: string) => void };

export function AskPassword({ opened, title, about, busy, problem, onClose, onPassword }: Props) {
  const t = useText('organisation');
  const [password, setPassword] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onPassword(password);
  };
  return (
    <Modal opened={opened} onClose={onClose} title={title} size="sm" closeButtonProps={{ 'aria-label': t('close') }} onExitTransitionEnd={() => setPassword('')}>
      <form onSubmit={submit}>
        <Text size="sm" c="dimmed" mb="sm">
          {about}
        </Text>
        <PasswordInput label={t('password.now')} autoComplete="current-password" required data-autofocus value={password} onChange={(event) => setPassword(event.currentTarget.value)} />
        <ErrorNote problem={problem} />
        <Group justify="flex-end" gap="xs" mt="lg">
          <Button variant="default" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button type="submit" loading={busy}>
            {t('goOn')}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
