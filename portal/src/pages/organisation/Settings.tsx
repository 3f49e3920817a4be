// Settings of the organisation: its name, its defaults, and how long texts are kept.
import { Button, NumberInput, Select, TextInput } from '@mantine/core';
import { useId, useState } from 'react';
import { asProblem, fieldErrors, useChange, useGet, useMay } from '@/api';
import type { OrganisationObject } from '@/api/schema';
import { ErrorNote, Mono, Setting, SettingsPage, SettingsSection, Time, fieldText, notifyProblem, notifyUndo } from '@/parts';
import { useText } from '@/texts';
import classes from './Organisation.module.css';

type Wanted = Pick<OrganisationObject, 'name' | 'country_code' | 'body_days' | 'time_zone' | 'language'>;
const LONGEST_DAYS = 36_500;
const LANGUAGES = ['de', 'en', 'es', 'fr', 'it', 'nl', 'pl', 'pt'];

export function Settings() {
  const { data, error, refetch } = useGet('/v1/organisation/my');
  if (error) return <ErrorNote problem={error} retry={() => void refetch()} />;
  return data ? <Form organisation={data} /> : null;
}

function useForm(organisation: OrganisationObject) {
  const t = useText('organisation');
  const [changes, setChanges] = useState<Partial<Wanted>>({});
  const save = useChange('patch', '/v1/organisation/my', ['/v1/user']);
  const changed = (Object.keys(changes) as (keyof Wanted)[]).filter((key) => changes[key] !== organisation[key]);
  const body = Object.fromEntries(changed.map((key) => [key, changes[key]])) as Partial<Wanted>;
  const before = Object.fromEntries(changed.map((key) => [key, organisation[key]])) as Partial<Wanted>;
  const submit = async () => {
    try {
      await save.mutateAsync({ body });
      setChanges({});
      notifyUndo(t('settings.saved'), () => save.mutate({ body: before }, { onError: notifyProblem }));
    } catch (thrown) {
      if (Object.keys(fieldErrors(asProblem(thrown))).length === 0) notifyProblem(asProblem(thrown));
    }
  };
  return {
    value: { ...organisation, ...changes },
    has: (key: keyof Wanted) => changed.includes(key),
    set: (more: Partial<Wanted>) => setChanges((now) => ({ ...now, ...more })),
    discard: () => setChanges({}),
    errors: fieldErrors(save.error),
    count: changed.length,
    saving: save.isPending,
    submit,
  };
}

function Form({ organisation }: { organisation: OrganisationObject }) {
  const t = useText('organisation');
  const may = useMay('organisation:write');
  const form = useForm(organisation);
  return (
    <>
      <SettingsPage>
        <SettingsSection title={t('settings.general')}>
          <Named form={form} may={may} />
          <Setting label={t('settings.created')}>
            <Time at={organisation.created} exact />
          </Setting>
          <Setting label={t('settings.id')} about={t('settings.idAbout')}>
            <Mono>{organisation.id}</Mono>
          </Setting>
        </SettingsSection>
        <Defaults form={form} may={may} />
        <Retention form={form} may={may} />
      </SettingsPage>
      {may && form.count > 0 && (
        <section className={classes.save} aria-label={t('settings.unsaved')}>
          <span role="status">{t('settings.changes', { count: form.count })}</span>
          <Button variant="subtle" color="gray" onClick={form.discard}>{t('settings.discard')}</Button>
          <Button loading={form.saving} onClick={() => void form.submit()}>{t('settings.save')}</Button>
        </section>
      )}
    </>
  );
}

type Part = { form: ReturnType<typeof useForm>; may: boolean };

function Named({ form, may }: Part) {
  const t = useText('organisation');
  const id = useId();
  return (
    <Setting label={t('users.name')} changed={form.has('name')} {...(may ? { htmlFor: id } : {})}>
      {may ? <TextInput id={id} w="min(260px, 60vw)" maxLength={100} value={form.value.name} error={fieldText(form.errors.name)} onChange={(event) => form.set({ name: event.currentTarget.value })} /> : <span>{form.value.name}</span>}
    </Setting>
  );
}

function Defaults({ form, may }: Part) {
  const t = useText('organisation');
  const { value, set, has, errors } = form;
  const names = new Intl.DisplayNames([document.documentElement.lang], { type: 'language' });
  const languages = [...new Set([...LANGUAGES, ...(value.language ? [value.language] : [])])].map((code) => ({ value: code, label: names.of(code) ?? code }));
  return (
    <SettingsSection title={t('settings.defaults')} about={t('settings.defaultsAbout')}>
      <Setting label={t('settings.zone')} about={t('settings.zoneAbout')} changed={has('time_zone')}>
        {may ? <Select w="min(240px, 60vw)" aria-label={t('settings.zone')} data={Intl.supportedValuesOf('timeZone')} searchable clearable limit={50} placeholder={t('settings.browser')} value={value.time_zone || null} error={fieldText(errors.time_zone)} onChange={(time_zone) => set({ time_zone: time_zone ?? '' })} /> : <span>{value.time_zone || t('settings.browser')}</span>}
      </Setting>
      <Setting label={t('settings.language')} changed={has('language')}>
        {may ? <Select w="min(240px, 60vw)" aria-label={t('settings.language')} data={languages} clearable placeholder={t('settings.browser')} value={value.language || null} error={fieldText(errors.language)} onChange={(language) => set({ language: language ?? '' })} /> : <span>{value.language || t('settings.browser')}</span>}
      </Setting>
      <Setting label={t('settings.country')} about={t('settings.countryAbout')} changed={has('country_code')}>
        {may ? <TextInput w={110} aria-label={t('settings.country')} leftSection="+" maxLength={3} inputMode="numeric" placeholder="49" value={value.country_code} error={fieldText(errors.country_code)} onChange={(event) => set({ country_code: event.currentTarget.value.replace(/\D/g, '') })} /> : <span>{value.country_code ? `+${value.country_code}` : t('settings.installation')}</span>}
      </Setting>
    </SettingsSection>
  );
}

function Retention({ form, may }: Part) {
  const t = useText('organisation');
  const { value, set, has, errors } = form;
  const id = useId();
  const days = value.body_days;
  return (
    <SettingsSection title={t('settings.retention')} about={t('settings.retentionAbout')}>
      <Setting label={t('settings.days')} about={t('settings.daysAbout')} changed={has('body_days')} {...(may ? { htmlFor: id } : {})}>
        {may ? <NumberInput id={id} w="min(200px, 60vw)" min={0} max={LONGEST_DAYS} hideControls allowDecimal={false} clampBehavior="blur" placeholder={t('settings.installation')} value={days ?? ''} error={fieldText(errors.body_days)} onChange={(given) => set({ body_days: typeof given === 'number' ? given : null })} /> : <span>{days === null ? t('settings.installation') : t('settings.dayCount', { count: days })}</span>}
      </Setting>
    </SettingsSection>
  );
}
