// A new upstream: where it is, how one binds, how fast. The rest has usual values.
import { Button, NumberInput, PasswordInput, Select, Switch, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { fieldErrors, idOf, useChange } from '@/api';
import { ErrorNote, SidePanel, fieldText } from '@/parts';
import { useText } from '@/texts';
import classes from '../Integrations.module.css';

const NEW = { name: '', host: '', port: 2775, tls: false, systemId: '', password: '', mode: 'trx' as 'trx' | 'tx+rx', binds: 1, rate: '' as string | number };

export function UpstreamForm({ onClose, onMade }: { onClose: () => void; onMade: (id: number) => void }) {
  const t = useText('integrations');
  const [form, setForm] = useState(NEW);
  const set = (change: Partial<typeof NEW>) => setForm((now) => ({ ...now, ...change }));
  const make = useChange('post', '/v1/upstream');
  const wrong = fieldErrors(make.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const body = {
      name: form.name.trim(),
      host: form.host.trim(),
      port: form.port,
      tls: form.tls,
      system_id: form.systemId,
      password: form.password || null,
      bind_mode: form.mode,
      binds: form.binds,
      ...(form.rate === '' ? {} : { rate_per_s: Number(form.rate) }),
    };
    make.mutate({ body }, { onSuccess: (made) => onMade(idOf(made.location)) });
  };
  return (
    <SidePanel
      opened
      onClose={onClose}
      title={t('upstreams.new')}
      footer={
        <>
          <Button variant="default" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button type="submit" form="new-upstream" loading={make.isPending}>
            {t('upstreams.make')}
          </Button>
        </>
      }
    >
      <form id="new-upstream" onSubmit={submit} className={classes.form}>
        <TextInput label={t('name')} description={t('upstreams.nameAbout')} value={form.name} onChange={(event) => set({ name: event.currentTarget.value })} error={fieldText(wrong['name'])} required data-autofocus />
        <div className={classes.pair}>
          <TextInput label={t('upstreams.host')} value={form.host} onChange={(event) => set({ host: event.currentTarget.value })} error={fieldText(wrong['host'])} required />
          <NumberInput label={t('upstreams.port')} min={1} max={65535} value={form.port} onChange={(port) => set({ port: Number(port) || 2775 })} error={fieldText(wrong['port'])} />
        </div>
        <Switch label={t('upstreams.tls')} checked={form.tls} onChange={(event) => set({ tls: event.currentTarget.checked })} />
        <div className={classes.pair}>
          <TextInput label={t('smpp.systemId')} autoComplete="off" value={form.systemId} onChange={(event) => set({ systemId: event.currentTarget.value })} error={fieldText(wrong['system_id'])} />
          <PasswordInput label={t('upstreams.password')} autoComplete="new-password" value={form.password} onChange={(event) => set({ password: event.currentTarget.value })} error={fieldText(wrong['password'])} />
        </div>
        <Select label={t('upstreams.mode')} data={[{ value: 'trx', label: t('upstreams.trx') }, { value: 'tx+rx', label: t('upstreams.txrx') }]} value={form.mode} onChange={(mode) => set({ mode: mode === 'tx+rx' ? mode : 'trx' })} allowDeselect={false} />
        <div className={classes.pair}>
          <NumberInput label={t('smpp.binds')} min={1} value={form.binds} onChange={(binds) => set({ binds: Number(binds) || 1 })} error={fieldText(wrong['binds'])} />
          <NumberInput label={t('smpp.throughput')} placeholder={t('unlimited')} min={1} value={form.rate} onChange={(rate) => set({ rate })} error={fieldText(wrong['rate_per_s'])} />
        </div>
        <ErrorNote problem={make.error} />
      </form>
    </SidePanel>
  );
}
