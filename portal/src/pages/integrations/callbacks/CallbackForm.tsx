// A callback: where it is, what it is told, and what signs its calls. New, or changed.
import { Button, MultiSelect, NumberInput, Select, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { fieldErrors, idOf, useChange, useGet } from '@/api';
import type { CallbackShown } from '@/api/schema';
import { ErrorNote, SidePanel, fieldText } from '@/parts';
import { useText } from '@/texts';
import classes from '../Integrations.module.css';

const TYPES = [
  '*', 'device_attached', 'device_detached', 'device_blocked', 'device_enabled', 'device_disabled', 'device_held', 'device_released',
  'sim_assigned', 'sim_released', 'sim_activated', 'sim_suspended', 'quota_threshold_reached', 'quota_used_up', 'quota_expired',
  'mt_limit_used_up', 'mo_limit_used_up', 'p2p_cap_reached', 'firewall_blocked', 'callback_disabled', 'receipt_refused', 'mo_refused',
  'waiting_given_up', 'upstream_up', 'upstream_down', 'upstream_throttled', 'console_locked', 'login_failed',
] as const;
const NONE = 'none';

type Props = { callback?: CallbackShown; onClose: () => void; onDone: (id: number) => void };

export function CallbackForm({ callback, onClose, onDone }: Props) {
  const t = useText('integrations');
  const [form, setForm] = useState({
    url: callback?.url ?? '',
    purpose: callback?.purpose ?? '',
    events: callback?.events ?? [],
    secret: String(callback?.api_secret?.id ?? NONE),
    window: callback?.window ?? '',
  });
  const set = (change: Partial<typeof form>) => setForm((now) => ({ ...now, ...change }));
  const secrets = useGet('/v1/api_secret', { query: { per_page: 100 } });
  const make = useChange('post', '/v1/api_callback');
  const change = useChange('patch', '/v1/api_callback/{callback}');
  const problem = make.error ?? change.error;
  const wrong = fieldErrors(problem);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const api_secret = form.secret === NONE ? null : { id: Number(form.secret) };
    const window = form.window === '' ? null : Number(form.window);
    const body = { url: form.url.trim(), purpose: form.purpose.trim(), events: form.events, api_secret, window };
    if (callback) change.mutate({ params: { path: { callback: callback.id } }, body }, { onSuccess: () => onDone(callback.id) });
    else make.mutate({ body }, { onSuccess: (made) => onDone(idOf(made.location)) });
  };
  const signers = [{ value: NONE, label: t('callbacks.unsigned') }, ...(secrets.data ?? []).map(({ id, purpose }) => ({ value: String(id), label: purpose || `#${id}` }))];
  return (
    <SidePanel
      opened
      onClose={onClose}
      title={t(callback ? 'callbacks.change' : 'callbacks.new')}
      footer={
        <>
          <Button variant="default" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button type="submit" form="callback" loading={make.isPending || change.isPending}>
            {t('save')}
          </Button>
        </>
      }
    >
      <form id="callback" onSubmit={submit} className={classes.form}>
        <TextInput label={t('callbacks.url')} type="url" placeholder={t('callbacks.urlHint')} value={form.url} onChange={(event) => set({ url: event.currentTarget.value })} error={fieldText(wrong['url'])} required data-autofocus />
        <TextInput label={t('callbacks.purpose')} description={t('callbacks.purposeAbout')} value={form.purpose} onChange={(event) => set({ purpose: event.currentTarget.value })} error={fieldText(wrong['purpose'])} />
        <Select label={t('callbacks.secret')} description={t('callbacks.secretAbout')} data={signers} value={form.secret} onChange={(secret) => set({ secret: secret ?? NONE })} allowDeselect={false} error={fieldText(wrong['api_secret'])} />
        <MultiSelect label={t('callbacks.events')} description={t('callbacks.eventsAbout')} data={TYPES.map((type) => ({ value: type, label: type === '*' ? t('callbacks.allEvents') : t(`event.${type}`) }))} value={form.events} onChange={(events) => set({ events: events.includes('*') ? ['*'] : events })} searchable clearable hidePickedOptions error={fieldText(wrong['events'])} />
        <NumberInput label={t('callbacks.window')} description={t('callbacks.windowAbout')} min={1} value={form.window} onChange={(window) => set({ window })} error={fieldText(wrong['window'])} />
        <ErrorNote problem={problem} />
      </form>
    </SidePanel>
  );
}
