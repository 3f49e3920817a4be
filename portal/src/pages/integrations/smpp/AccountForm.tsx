// A new SMPP account; its password is made and shown once.
import { Button, MultiSelect, NumberInput, Switch, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { fieldErrors, useChange } from '@/api';
import type { AccountMade } from '@/api/schema';
import { ErrorNote, SidePanel, fieldText } from '@/parts';
import { useText } from '@/texts';
import classes from '../Integrations.module.css';

const TYPES = ['transceiver', 'transmitter', 'receiver'] as const;
type BindType = (typeof TYPES)[number];

export function AccountForm({ onClose, onMade }: { onClose: () => void; onMade: (made: AccountMade) => void }) {
  const t = useText('integrations');
  const [form, setForm] = useState({ id: '', ip: '', types: [...TYPES] as BindType[], binds: 2, throughput: '' as string | number, external: false });
  const set = (change: Partial<typeof form>) => setForm((now) => ({ ...now, ...change }));
  const make = useChange('post', '/v1/smpp_account');
  const wrong = fieldErrors(make.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const body = {
      system_id: form.id.trim(),
      ip: form.ip.split(/[\s,]+/).filter(Boolean),
      bind_types: form.types,
      max_binds: form.binds,
      external: form.external,
      ...(form.throughput === '' ? {} : { throughput: Number(form.throughput) }),
    };
    make.mutate({ body }, { onSuccess: onMade });
  };
  return (
    <SidePanel
      opened
      onClose={onClose}
      title={t('smpp.new')}
      footer={
        <>
          <Button variant="default" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button type="submit" form="new-account" loading={make.isPending}>
            {t('smpp.make')}
          </Button>
        </>
      }
    >
      <form id="new-account" onSubmit={submit} className={classes.form}>
        <TextInput label={t('smpp.systemId')} description={t('smpp.systemIdAbout')} value={form.id} onChange={(event) => set({ id: event.currentTarget.value })} error={fieldText(wrong['system_id'])} maxLength={15} autoComplete="off" required data-autofocus />
        <MultiSelect label={t('smpp.types')} data={TYPES.map((type) => ({ value: type, label: t(`smpp.type.${type}`) }))} value={form.types} onChange={(types) => set({ types: TYPES.filter((type) => types.includes(type)) })} error={fieldText(wrong['bind_types'])} />
        <div className={classes.pair}>
          <NumberInput label={t('smpp.most')} min={1} value={form.binds} onChange={(binds) => set({ binds: Number(binds) || 1 })} error={fieldText(wrong['max_binds'])} />
          <NumberInput label={t('smpp.throughput')} placeholder={t('unlimited')} min={1} value={form.throughput} onChange={(throughput) => set({ throughput })} error={fieldText(wrong['throughput'])} />
        </div>
        <TextInput label={t('tokens.ip')} description={t('tokens.ipAbout')} value={form.ip} onChange={(event) => set({ ip: event.currentTarget.value })} error={fieldText(wrong['ip'])} />
        <Switch label={t('smpp.external')} description={t('smpp.externalAbout')} checked={form.external} onChange={(event) => set({ external: event.currentTarget.checked })} />
        <ErrorNote problem={make.error} />
      </form>
    </SidePanel>
  );
}
