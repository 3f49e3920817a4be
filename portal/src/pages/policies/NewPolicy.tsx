// A new policy: a name, and it opens. SMS both ways are on, the rest is decided there.
import { Button, Group, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useLocation } from 'wouter';
import { fieldErrors, idOf, useChange } from '@/api';
import { ErrorNote, fieldText } from '@/parts';
import { useText } from '@/texts';

const BOTH_WAYS = [{ id: 6 }, { id: 32 }];

export function NewPolicy({ onClose }: { onClose: () => void }) {
  const t = useText('policies');
  const [, go] = useLocation();
  const [name, setName] = useState('');
  const [description, setDescription] = useState('');
  const make = useChange('post', '/v1/service_profile');
  const errors = fieldErrors(make.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate({ body: { name, description, service: BOTH_WAYS } }, { onSuccess: ({ location }) => go(`/policies/${idOf(location)}`) });
  };
  return (
    <form onSubmit={submit}>
      <TextInput label={t('name')} required maxLength={100} data-autofocus value={name} error={fieldText(errors.name)} onChange={(event) => setName(event.currentTarget.value)} />
      <TextInput mt="sm" label={t('description')} maxLength={500} value={description} error={fieldText(errors.description)} onChange={(event) => setDescription(event.currentTarget.value)} />
      {make.error && Object.keys(errors).length === 0 && <ErrorNote problem={make.error} />}
      <Group justify="flex-end" gap="xs" mt="lg">
        <Button variant="default" onClick={onClose}>
          {t('cancel')}
        </Button>
        <Button type="submit" loading={make.isPending}>
          {t('create')}
        </Button>
      </Group>
    </form>
  );
}
