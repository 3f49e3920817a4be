// A link, new or changed: whom it reaches, what may be sent, how long, how often.
import { ActionIcon, Button, NumberInput, SegmentedControl, Select, Switch, TextInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { type FormEvent, useState } from 'react';
import { fieldErrors, useChange } from '@/api';
import type { ConsoleLinkShown } from '@/api/schema';
import { ErrorNote, SidePanel, absolute, fieldText, readTime } from '@/parts';
import { useText } from '@/texts';
import classes from '../Integrations.module.css';
import { DevicesPick, type Picked } from './DevicesPick';

const DAY_MS = 86_400_000;
const DAYS = ['1', '7', '30', '90', '365'] as const;
const USUAL_RATE = 60;
const SOON_MS = 60_000; // a year from now is too far by the time that it arrives

type Command = { label: string; text: string };
const NEW = {
  name: '', by: 'devices', devices: [] as Picked[], tag: '', commands: [{ label: '', text: '' }] as Command[],
  freeText: false, days: '30', rate: USUAL_RATE, pin: '', sender: '',
};

const KEPT = 'kept'; // the end that it has
const formOf = (link: ConsoleLinkShown): typeof NEW => ({
  ...NEW,
  name: link.name, by: link.tag === null ? 'devices' : 'tag', devices: link.endpoints, tag: link.tag ?? '', commands: link.commands,
  freeText: link.free_text, days: KEPT, rate: link.rate, sender: link.source_address,
});

type Props = { link?: ConsoleLinkShown; onClose: () => void; onMade: (url: string) => void };

/** `onMade` has the address of a new one; of one that is changed, nothing. */
export function LinkForm({ link, onClose, onMade }: Props) {
  const t = useText('integrations');
  const [form, setForm] = useState(() => (link ? formOf(link) : NEW));
  const set = (change: Partial<typeof NEW>) => setForm((now) => ({ ...now, ...change }));
  const make = useChange('post', '/v1/console_link');
  const change = useChange('patch', '/v1/console_link/{link}', ['/v1/audit']);
  const problem = make.error ?? change.error;
  const wrong = fieldErrors(problem);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const body = {
      name: form.name.trim(),
      ...(form.by === 'tag' ? { tag: form.tag.trim() } : { endpoints: form.devices.map(({ id }) => id) }),
      commands: form.commands.filter(({ label, text }) => label.trim() && text),
      free_text: form.freeText,
      rate: form.rate,
      ...(form.pin ? { pin: form.pin } : {}),
      source_address: form.sender.trim() || null,
    };
    const expiry_date = form.days === KEPT && link ? link.expiry_date : new Date(Date.now() + Number(form.days) * DAY_MS - SOON_MS).toISOString();
    if (link === undefined) make.mutate({ body: { ...body, expiry_date } }, { onSuccess: (made) => onMade(made.url ?? made.secret ?? '') });
    else change.mutate({ params: { path: { link: link.id } }, body: { ...body, expiry_date } }, { onSuccess: () => onMade('') });
  };
  const ends = [
    ...(link ? [{ value: KEPT, label: t('links.kept', { end: absolute(readTime(link.expiry_date), { dateStyle: 'medium' }) }) }] : []),
    ...DAYS.map((days) => ({ value: days, label: t('links.days', { count: Number(days) }) })),
  ];
  return (
    <SidePanel
      opened
      onClose={onClose}
      title={link?.name ?? t('links.new')}
      footer={
        <>
          <Button variant="default" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button type="submit" form="new-link" loading={make.isPending || change.isPending}>
            {t(link ? 'save' : 'links.make')}
          </Button>
        </>
      }
    >
      <form id="new-link" onSubmit={submit} className={classes.form}>
        <TextInput label={t('name')} description={t('links.nameAbout')} value={form.name} onChange={(event) => set({ name: event.currentTarget.value })} error={fieldText(wrong['name'])} maxLength={100} required data-autofocus />
        <SegmentedControl aria-label={t('links.devices')} value={form.by} onChange={(by) => set({ by })} data={[{ value: 'devices', label: t('links.byDevices') }, { value: 'tag', label: t('links.byTag') }]} />
        {form.by === 'tag' ? (
          <TextInput label={t('links.tag')} description={t('links.tagAbout')} value={form.tag} onChange={(event) => set({ tag: event.currentTarget.value })} error={fieldText(wrong['tag'])} required />
        ) : (
          <DevicesPick picked={form.devices} onPick={(devices) => set({ devices })} error={fieldText(wrong['endpoints'])} />
        )}
        <Commands commands={form.commands} onChange={(commands) => set({ commands })} error={wrong['commands']} />
        <Switch label={t('links.freeText')} description={t('links.freeTextAbout')} checked={form.freeText} onChange={(event) => set({ freeText: event.currentTarget.checked })} />
        <div className={classes.pair}>
          <Select label={t('expires')} data={ends} value={form.days} onChange={(days) => set({ days: days ?? '30' })} allowDeselect={false} error={fieldText(wrong['expiry_date'])} />
          <NumberInput label={t('links.rate')} min={1} max={1000} value={form.rate} onChange={(rate) => set({ rate: Number(rate) || 1 })} error={fieldText(wrong['rate'])} />
        </div>
        <div className={classes.pair}>
          <TextInput label={t('links.pin')} description={t(link?.has_pin ? 'links.pinKept' : 'links.pinAbout')} inputMode="numeric" autoComplete="off" pattern="\d{4,12}" maxLength={12} value={form.pin} onChange={(event) => set({ pin: event.currentTarget.value })} error={fieldText(wrong['pin'])} />
          <TextInput label={t('links.sender')} description={t('links.senderAbout')} value={form.sender} onChange={(event) => set({ sender: event.currentTarget.value })} error={fieldText(wrong['source_address'])} />
        </div>
        <ErrorNote problem={problem} />
      </form>
    </SidePanel>
  );
}

function Commands({ commands, onChange, error }: { commands: Command[]; onChange: (commands: Command[]) => void; error?: string }) {
  const t = useText('integrations');
  const change = (at: number, to: Partial<Command>) => onChange(commands.map((one, index) => (index === at ? { ...one, ...to } : one)));
  return (
    <fieldset className={classes.part} style={{ border: 0, padding: 0, margin: 0 }}>
      <legend className={classes.legend}>{t('links.commands')}</legend>
      {commands.map((command, at) => (
        <div key={at} className={classes.command}>
          <TextInput aria-label={t('links.label')} placeholder={t('links.label')} maxLength={60} value={command.label} onChange={(event) => change(at, { label: event.currentTarget.value })} />
          <TextInput aria-label={t('links.text')} placeholder={t('links.text')} maxLength={1600} value={command.text} onChange={(event) => change(at, { text: event.currentTarget.value })} />
          <ActionIcon size="lg" aria-label={t('remove')} onClick={() => onChange(commands.filter((_, index) => index !== at))}>
            <IconX size={16} stroke={1.5} />
          </ActionIcon>
        </div>
      ))}
      {error !== undefined && <p className={classes.wrong}>{fieldText(error)}</p>}
      <div>
        <Button variant="default" leftSection={<IconPlus size={14} stroke={1.5} />} onClick={() => onChange([...commands, { label: '', text: '' }])}>
          {t('links.addCommand')}
        </Button>
      </div>
    </fieldset>
  );
}
