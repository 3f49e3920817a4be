// Saved views: a search and an order under a name, one's own or for everybody.
import { Button, Checkbox, Menu, Modal, TextInput } from '@mantine/core';
import { IconBookmark, IconPlus, IconTrash, IconUsers } from '@tabler/icons-react';
import { type FormEvent, useState } from 'react';
import { type Answer, type Row, fieldErrors, useChange, useGet, useMay } from '@/api';
import { ErrorNote, confirm, fieldText, notifyDone, notifyProblem } from '@/parts';
import { useText } from '@/texts';

type View = Row<Answer<'get', '/v1/view'>>;
type Props = { q: string; sort: string; look: (q: string, sort: string) => void };
const PAGE = 'endpoint';
const icon = { size: 14, stroke: 1.5 };

export function Views({ q, sort, look }: Props) {
  const t = useText('devices');
  const { data } = useGet('/v1/view');
  const mayChange = useMay('device:write');
  const [saving, setSaving] = useState(false);
  const views = (data ?? []).filter((view) => view.page === PAGE);
  const current = views.find((view) => view.q === q && (view.sort || 'name') === sort);
  const remove = useRemove();
  return (
    <>
      <Menu position="bottom-end" width={260}>
        <Menu.Target>
          <Button variant="default" leftSection={<IconBookmark {...icon} />}>
            {current?.name ?? t('views')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {views.length === 0 && <Menu.Label>{t('noViews')}</Menu.Label>}
          {views.map((view) => (
            <Menu.Item key={view.id} onClick={() => look(view.q, view.sort || 'name')} rightSection={view.shared ? <IconUsers {...icon} aria-label={t('shared')} role="img" /> : undefined}>
              {view.name}
            </Menu.Item>
          ))}
          {mayChange && <Menu.Divider />}
          {mayChange && current === undefined && (
            <Menu.Item leftSection={<IconPlus {...icon} />} onClick={() => setSaving(true)}>
              {t('saveView')}
            </Menu.Item>
          )}
          {mayChange && current?.own && (
            <Menu.Item leftSection={<IconTrash {...icon} />} onClick={() => void remove(current)}>
              {t('deleteView', { name: current.name })}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      {saving && <SaveView q={q} sort={sort} close={() => setSaving(false)} />}
    </>
  );
}

function useRemove() {
  const t = useText('devices');
  const remove = useChange('delete', '/v1/view/{view}');
  return async (view: View) => {
    if (!(await confirm({ title: t('deleteView', { name: view.name }), text: t('deleteViewAbout'), action: t('delete'), danger: true }))) return;
    remove.mutate({ params: { path: { view: view.id } } }, { onSuccess: () => notifyDone(t('viewDeleted')), onError: notifyProblem });
  };
}

function SaveView({ q, sort, close }: { q: string; sort: string; close: () => void }) {
  const t = useText('devices');
  const [name, setName] = useState('');
  const [shared, setShared] = useState(false);
  const save = useChange('post', '/v1/view');
  const wrong = fieldText(fieldErrors(save.error)['name']);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate({ body: { name, page: PAGE, q, sort, shared } }, { onSuccess: () => (close(), notifyDone(t('viewSaved'))) });
  };
  return (
    <Modal opened onClose={close} title={t('saveView')} size="sm" closeButtonProps={{ 'aria-label': t('close') }}>
      <form onSubmit={submit}>
        <TextInput label={t('viewName')} value={name} onChange={(event) => setName(event.currentTarget.value)} error={wrong} maxLength={100} required data-autofocus />
        <Checkbox mt="sm" label={t('shareView')} checked={shared} onChange={(event) => setShared(event.currentTarget.checked)} />
        {save.error && !wrong && <ErrorNote problem={save.error} />}
        <Button mt="md" type="submit" fullWidth loading={save.isPending}>
          {t('save')}
        </Button>
      </form>
    </Modal>
  );
}
