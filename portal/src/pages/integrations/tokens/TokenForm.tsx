// A new token: what it may do, until when, from where.
import { Button, Checkbox, Select, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { fieldErrors, useChange, useMe } from '@/api';
import { covers } from '@/api/may';
import { ErrorNote, SidePanel, fieldText } from '@/parts';
import { useText } from '@/texts';
import classes from '../Integrations.module.css';

const DAY_MS = 86_400_000;
const DAYS = ['7', '30', '90', '365'] as const;
const AREAS = {
  sms: ['read', 'send'], device: ['read', 'write'], policy: ['read', 'write'], event: ['read'], callback: ['read', 'write'],
  smpp: ['read', 'write'], upstream: ['read', 'write'], console: ['read', 'write'], metrics: ['read'], user: ['read', 'write'],
  token: ['read', 'write'], organisation: ['read', 'write'],
} as const;
const USUAL = ['sms:send', 'sms:read', 'device:read', 'event:read'];

export function TokenForm({ onClose, onMade }: { onClose: () => void; onMade: (secret: string) => void }) {
  const t = useText('integrations');
  const [form, setForm] = useState({ name: '', days: '90', ip: '', scopes: USUAL });
  const set = (change: Partial<typeof form>) => setForm((now) => ({ ...now, ...change }));
  const make = useChange('post', '/v1/application_token');
  const wrong = fieldErrors(make.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const expiry_date = form.days === 'never' ? null : new Date(Date.now() + Number(form.days) * DAY_MS).toISOString();
    const body = { description: form.name.trim(), expiry_date, ip: form.ip.trim() || null, scopes: form.scopes };
    make.mutate({ body }, { onSuccess: (made) => onMade(made.application_token) });
  };
  const ends = [...DAYS.map((days) => ({ value: days, label: t('links.days', { count: Number(days) }) })), { value: 'never', label: t('never') }];
  return (
    <SidePanel
      opened
      onClose={onClose}
      title={t('tokens.new')}
      footer={
        <>
          <Button variant="default" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button type="submit" form="new-token" loading={make.isPending} disabled={form.scopes.length === 0}>
            {t('tokens.make')}
          </Button>
        </>
      }
    >
      <form id="new-token" onSubmit={submit} className={classes.form}>
        <TextInput label={t('name')} description={t('tokens.nameAbout')} value={form.name} onChange={(event) => set({ name: event.currentTarget.value })} error={fieldText(wrong['description'])} required data-autofocus />
        <Scopes chosen={form.scopes} onChoose={(scopes) => set({ scopes })} />
        {wrong['scopes'] !== undefined && <p className={classes.wrong}>{fieldText(wrong['scopes'])}</p>}
        <Select label={t('expires')} data={ends} value={form.days} onChange={(days) => set({ days: days ?? '90' })} allowDeselect={false} error={fieldText(wrong['expiry_date'])} />
        <TextInput label={t('tokens.ip')} description={t('tokens.ipAbout')} value={form.ip} onChange={(event) => set({ ip: event.currentTarget.value })} error={fieldText(wrong['ip'])} />
        <ErrorNote problem={make.error} />
      </form>
    </SidePanel>
  );
}

/** Nobody gives what they may not do themselves. */
function Scopes({ chosen, onChoose }: { chosen: readonly string[]; onChoose: (chosen: string[]) => void }) {
  const t = useText('integrations');
  const { data: me } = useMe();
  const has = (scope: string) => me !== undefined && covers(me.scopes, scope);
  const areas = Object.entries(AREAS).filter(([area, verbs]) => verbs.some((verb) => has(`${area}:${verb}`)));
  return (
    <fieldset className={classes.part} style={{ border: 0, padding: 0, margin: 0 }}>
      <legend className={classes.legend}>{t('tokens.scopes')}</legend>
      <div className={classes.scopes}>
        {areas.map(([area, verbs]) => (
          <Area key={area} area={area} verbs={verbs.filter((verb) => has(`${area}:${verb}`))} chosen={chosen} onChoose={onChoose} />
        ))}
      </div>
    </fieldset>
  );
}

type AreaProps = { area: string; verbs: readonly string[]; chosen: readonly string[]; onChoose: (chosen: string[]) => void };

function Area({ area, verbs, chosen, onChoose }: AreaProps) {
  const t = useText('integrations');
  const name = t(`tokens.area.${area}`);
  return (
    <>
      <span>{name}</span>
      {['read', 'change'].map((column) => {
        const verb = column === 'read' ? 'read' : (verbs.find((one) => one !== 'read') ?? '');
        const scope = `${area}:${verb}`;
        if (!verbs.includes(verb)) return <span key={column} />;
        const label = t(`tokens.verb.${verb}`);
        return (
          <Checkbox
            key={column}
            label={label}
            aria-label={`${name}: ${label}`}
            checked={chosen.includes(scope)}
            onChange={(event) => onChoose(event.currentTarget.checked ? [...chosen, scope] : chosen.filter((one) => one !== scope))}
          />
        );
      })}
    </>
  );
}
