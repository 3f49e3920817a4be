// An app is made to show codes: password, the key into the app, a first code of it, then recovery codes.
import { Anchor, Button, Group, Modal, Text, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { call, refresh, useChange } from '@/api';
import type { NewKeyObject } from '@/api/schema';
import { Code, ErrorNote } from '@/parts';
import { useText } from '@/texts';
import { AskPassword } from './AskPassword';
import { ACTIVE } from './people';

type Props = { opened: boolean; onClose: () => void; onDone: (codes: string[] | null) => void };

export function Enrol({ opened, onClose, onDone }: Props) {
  const t = useText('organisation');
  const queries = useQueryClient();
  const [password, setPassword] = useState('');
  const [key, setKey] = useState<NewKeyObject | null>(null);
  const make = useChange('post', '/v1/user/mfa');
  const begin = (given: string) => {
    setPassword(given);
    make.mutate({ body: { type: { id: 0 }, password: given } }, { onSuccess: setKey });
  };
  const close = () => {
    onClose();
    setKey(null);
    setPassword('');
  };
  const active = async (id: number) => {
    // The password is known for this moment alone: with it the codes for a lost app are made at once.
    const made = await call('post', '/v1/user/mfa/{key}/recovery_code', { params: { path: { key: id } }, body: { password } }).catch(() => null);
    void refresh(queries, ['/v1/user']);
    onDone(made?.data.recovery_codes ?? null);
    close();
  };
  return (
    <>
      <AskPassword opened={opened && key === null} title={t('factor.setUpTitle')} about={t('factor.passwordAbout')} busy={make.isPending} problem={make.error} onClose={close} onPassword={begin} />
      <Modal opened={opened && key !== null} onClose={close} title={t('factor.setUpTitle')} closeOnClickOutside={false} closeButtonProps={{ 'aria-label': t('close') }}>
        {key && <FirstCode made={key} onActive={() => void active(key.id)} onClose={close} />}
      </Modal>
    </>
  );
}

function FirstCode({ made, onActive, onClose }: { made: NewKeyObject; onActive: () => void; onClose: () => void }) {
  const t = useText('organisation');
  const [code, setCode] = useState('');
  const activate = useChange('patch', '/v1/user/mfa/{key}');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    activate.mutate({ params: { path: { key: made.id } }, body: { status: { id: ACTIVE }, code: code.replace(/\s/g, '') } }, { onSuccess: onActive });
  };
  return (
    <form onSubmit={submit}>
      <Text size="sm" c="dimmed" mb="sm">
        {t('factor.keyAbout')}
      </Text>
      <Code text={made.secret_key.replace(/(.{4})(?=.)/g, '$1 ')} label={t('factor.key')} />
      <Anchor size="sm" href={made.otpauth} display="inline-block" mt="xs">
        {t('factor.openApp')}
      </Anchor>
      <TextInput mt="md" label={t('factor.code')} inputMode="numeric" autoComplete="one-time-code" required maxLength={9} data-autofocus value={code} onChange={(event) => setCode(event.currentTarget.value)} />
      <ErrorNote problem={activate.error} />
      <Group justify="flex-end" gap="xs" mt="lg">
        <Button variant="default" onClick={onClose}>
          {t('cancel')}
        </Button>
        <Button type="submit" loading={activate.isPending}>
          {t('factor.activate')}
        </Button>
      </Group>
    </form>
  );
}
