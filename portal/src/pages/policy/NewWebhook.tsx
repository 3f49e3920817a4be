// A callback, or a secret that signs its calls, made on the spot.
import { Button, Group, Modal, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { fieldErrors, idOf, useChange } from '@/api';
import { ErrorNote, SecretOnce, fieldText } from '@/parts';
import { useText } from '@/texts';

type Props = { opened: boolean; onClose: () => void; onMade: (id: number) => void };
const SECRET_OCTETS = 32;

export function NewCallback({ opened, onClose, onMade }: Props) {
  const t = useText('policy');
  const [url, setUrl] = useState('');
  const [purpose, setPurpose] = useState('');
  const make = useChange('post', '/v1/api_callback');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const made = ({ location }: { location?: string }) => {
      onMade(idOf(location));
      onClose();
    };
    make.mutate({ body: { url, purpose } }, { onSuccess: made });
  };
  const errors = fieldErrors(make.error);
  return (
    <Modal opened={opened} onClose={onClose} title={t('webhook.newCallback')} closeButtonProps={{ 'aria-label': t('close') }}>
      <form onSubmit={submit}>
        <TextInput type="url" label={t('webhook.url')} placeholder={t('webhook.urlLike')} required data-autofocus value={url} error={fieldText(errors.url)} onChange={(event) => setUrl(event.currentTarget.value)} />
        <TextInput mt="sm" label={t('webhook.purpose')} maxLength={200} value={purpose} error={fieldText(errors.purpose)} onChange={(event) => setPurpose(event.currentTarget.value)} />
        {make.error && Object.keys(errors).length === 0 && <ErrorNote problem={make.error} />}
        <Foot onClose={onClose} busy={make.isPending} action={t('webhook.make')} />
      </form>
    </Modal>
  );
}

/** Made here, by the browser, and shown once. */
export function NewSecret({ opened, onClose, onMade }: Props) {
  const t = useText('policy');
  const [purpose, setPurpose] = useState('');
  const [shown, setShown] = useState<string | null>(null);
  const make = useChange('post', '/v1/api_secret');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const secret = freshSecret();
    const made = ({ location }: { location?: string }) => {
      onMade(idOf(location));
      onClose();
      setShown(secret);
    };
    make.mutate({ body: { secret, purpose } }, { onSuccess: made });
  };
  return (
    <>
      <Modal opened={opened} onClose={onClose} title={t('webhook.newSecret')} closeButtonProps={{ 'aria-label': t('close') }}>
        <form onSubmit={submit}>
          <TextInput label={t('webhook.purpose')} maxLength={200} data-autofocus value={purpose} onChange={(event) => setPurpose(event.currentTarget.value)} />
          <ErrorNote problem={make.error} />
          <Foot onClose={onClose} busy={make.isPending} action={t('webhook.make')} />
        </form>
      </Modal>
      <SecretOnce title={t('webhook.secretMade')} secret={shown} onClose={() => setShown(null)} />
    </>
  );
}

function freshSecret(): string {
  const octets = crypto.getRandomValues(new Uint8Array(SECRET_OCTETS));
  return [...octets].map((octet) => octet.toString(16).padStart(2, '0')).join('');
}

export function Foot({ onClose, busy, action }: { onClose: () => void; busy: boolean; action: string }) {
  const t = useText('policy');
  return (
    <Group justify="flex-end" gap="xs" mt="lg">
      <Button variant="default" onClick={onClose}>
        {t('cancel')}
      </Button>
      <Button type="submit" loading={busy}>
        {action}
      </Button>
    </Group>
  );
}
