// Somebody new: made without a password, and given a link to choose one.
import { Button, Group, Select, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { fieldErrors, idOf, useChange } from '@/api';
import { ErrorNote, fieldText, notifyProblem } from '@/parts';
import { useText } from '@/texts';
import { ADMINISTRATOR, OBSERVER, USER } from './people';

export function Invite({ onClose, onLink }: { onClose: () => void; onLink: (url: string) => void }) {
  const t = useText('organisation');
  const [username, setUsername] = useState('');
  const [name, setName] = useState('');
  const [role, setRole] = useState(USER);
  const make = useChange('post', '/v1/user');
  const invite = useChange('post', '/v1/user/{user}/invitation');
  const errors = fieldErrors(make.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const told = ({ url }: { url: string }) => {
      onClose();
      onLink(url);
    };
    const made = ({ location }: { location?: string }) =>
      invite.mutate({ params: { path: { user: `${idOf(location)}` } } }, { onSuccess: told, onError: notifyProblem });
    make.mutate({ body: { username, name, roles: [{ id: role }] } }, { onSuccess: made });
  };
  const roles = [ADMINISTRATOR, USER, OBSERVER].map((id) => ({ value: String(id), label: t(`role.${id}.name`) }));
  return (
    <form onSubmit={submit}>
      <TextInput label={t('invite.username')} description={t('invite.usernameAbout')} required maxLength={200} data-autofocus value={username} error={fieldText(errors.username)} onChange={(event) => setUsername(event.currentTarget.value)} />
      <TextInput mt="sm" label={t('users.name')} maxLength={200} value={name} onChange={(event) => setName(event.currentTarget.value)} />
      <Select mt="sm" label={t('users.role')} description={t(`role.${role}.about`)} data={roles} allowDeselect={false} value={String(role)} onChange={(chosen) => setRole(Number(chosen ?? role))} />
      {make.error && Object.keys(errors).length === 0 && <ErrorNote problem={make.error} />}
      <Group justify="flex-end" gap="xs" mt="lg">
        <Button variant="default" onClick={onClose}>
          {t('cancel')}
        </Button>
        <Button type="submit" loading={make.isPending || invite.isPending}>
          {t('invite.make')}
        </Button>
      </Group>
    </form>
  );
}
