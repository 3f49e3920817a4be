// What a device is called, its tags, policy, tariff and network. Saved line by line, each with a way back.
import { Button, Select, TagsInput, TextInput } from '@mantine/core';
import { type ReactNode, useEffect, useId, useState } from 'react';
import { useLocation } from 'wouter';
import { fieldErrors, useChange, useGet, useMay } from '@/api';
import type { EndpointChange, EndpointShown } from '@/api/schema';
import { Setting, SettingsPage, SettingsSection, confirm, errorText, fieldText, notifyProblem, notifyUndo } from '@/parts';
import { useText } from '@/texts';

const MANY = 200;
const BY_POLICY = 0;
type Props = { device: EndpointShown };

export function Settings({ device }: Props) {
  const t = useText('device');
  const policies = useGet('/v1/service_profile', { query: { per_page: MANY } }, { when: useMay('policy:read') });
  const tariffs = useGet('/v1/tariff_profile', { query: { per_page: MANY } }, { when: useMay('policy:read') });
  const networks = useGet('/v1/network', {}, { when: useMay('sms:read') });
  const gates = (networks.data ?? []).filter(({ kind }) => kind === 'simulator' || kind === 'upstream').map(({ name }) => name);
  const save = useSave(device);
  return (
    <SettingsPage>
      <SettingsSection title={t('tab.settings')}>
        <TextLine field="name" label={t('fact.name')} device={device} value={device.name} />
        <Line label={t('fact.tags')} about={t('settings.tagsAbout')}>
          {(id) => (
            <TagsInput id={id} w="100%" value={device.tags?.split(',') ?? []} onChange={(tags) => save.set('tags', { tags: tags.join(',') || null }, { tags: device.tags })} error={save.wrong} />
          )}
        </Line>
        <Choice
          label={t('fact.policy')}
          about={t('settings.policyAbout')}
          value={device.service_profile}
          from={policies.data}
          set={(id) => save.set('service_profile', { service_profile: { id } }, { service_profile: { id: device.service_profile.id } })}
        />
        <Choice
          label={t('fact.tariff')}
          value={device.tariff_profile.id === BY_POLICY ? { id: BY_POLICY, name: t('settings.byPolicy') } : device.tariff_profile}
          from={tariffs.data && [{ id: BY_POLICY, name: t('settings.byPolicy') }, ...tariffs.data]}
          set={(id) => save.set('tariff_profile', { tariff_profile: { id } }, { tariff_profile: { id: device.tariff_profile.id } })}
        />
        <Line label={t('fact.network')} about={t('settings.networkAbout')}>
          {(id) => (
            <Select
              id={id}
              allowDeselect={false}
              data={[...new Set([device.network, ...gates])]}
              value={device.network}
              onChange={(network) => network && save.set('network', { network }, { network: device.network })}
            />
          )}
        </Line>
        <TextLine field="imei" label={t('fact.imei')} device={device} value={device.imei ?? ''} />
        <TextLine field="ip_address" label={t('fact.ip')} device={device} value={device.ip_address ?? ''} />
      </SettingsSection>
      <Delete device={device} />
    </SettingsPage>
  );
}

function useSave(device: EndpointShown) {
  const t = useText('device');
  const change = useChange('patch', '/v1/endpoint/{endpoint}');
  const params = { path: { endpoint: device.id } };
  const put = (body: EndpointChange) => change.mutateAsync({ params, body });
  const set = (field: string, body: EndpointChange, before: EndpointChange) =>
    void put(body).then(
      () => notifyUndo(t('settings.saved', { field: t(`field.${field}`) }), () => void put(before).catch(notifyProblem)),
      (problem) => field === 'tags' || field in fieldErrors(problem) || notifyProblem(problem),
    );
  return { set, error: change.error, wrong: change.error ? errorText(change.error) : undefined, isPending: change.isPending };
}

function Line({ label, about, children }: { label: string; about?: string; children: (id: string) => ReactNode }) {
  const id = useId();
  return (
    <Setting label={label} about={about} htmlFor={id}>
      <div style={{ width: 260, maxWidth: '100%' }}>{children(id)}</div>
    </Setting>
  );
}

type TextProps = { field: 'name' | 'imei' | 'ip_address'; label: string; device: EndpointShown; value: string };

/** Saved by Enter, or when it is left; Esc takes back what was typed. */
function TextLine({ field, label, device, value }: TextProps) {
  const [typed, setTyped] = useState(value);
  const save = useSave(device);
  useEffect(() => setTyped(value), [value]);
  const done = () => {
    if (typed.trim() !== value) save.set(field, { [field]: typed.trim() || null }, { [field]: value || null });
  };
  const wrong = save.error ? (fieldText(fieldErrors(save.error)[field]) ?? errorText(save.error)) : undefined;
  return (
    <Line label={label}>
      {(id) => (
        <TextInput
          id={id}
          value={typed}
          error={wrong}
          onChange={(event) => setTyped(event.currentTarget.value)}
          onBlur={done}
          onKeyDown={(event) => {
            if (event.key === 'Enter') done();
            if (event.key === 'Escape') setTyped(value);
          }}
        />
      )}
    </Line>
  );
}

type Named = { id: number; name: string };
type ChoiceProps = { label: string; about?: string; value: Named; from: readonly Named[] | undefined; set: (id: number) => void };

function Choice({ label, about, value, from, set }: ChoiceProps) {
  const all = from?.some(({ id }) => id === value.id) ? from : [value, ...(from ?? [])];
  return (
    <Line label={label} about={about}>
      {(id) => (
        <Select
          id={id}
          searchable
          allowDeselect={false}
          data={all.map((one) => ({ value: String(one.id), label: one.name }))}
          value={String(value.id)}
          onChange={(chosen) => chosen && Number(chosen) !== value.id && set(Number(chosen))}
        />
      )}
    </Line>
  );
}

function Delete({ device }: Props) {
  const t = useText('device');
  const [, go] = useLocation();
  const remove = useChange('delete', '/v1/endpoint/{endpoint}');
  const ask = async () => {
    if (!(await confirm({ title: t('settings.deleteTitle', { name: device.name }), text: t('settings.deleteText'), action: t('settings.delete'), danger: true }))) return;
    remove.mutate({ params: { path: { endpoint: device.id } } }, { onSuccess: () => go('/devices'), onError: notifyProblem });
  };
  return (
    <SettingsSection title={t('settings.delete')}>
      <Setting label={t('settings.deleteLabel')} about={t(device.sim ? 'settings.deleteFirst' : 'settings.deleteText')}>
        <Button variant="default" color="red" disabled={device.sim !== undefined} onClick={() => void ask()} loading={remove.isPending}>
          {t('settings.delete')}
        </Button>
      </Setting>
    </SettingsSection>
  );
}
