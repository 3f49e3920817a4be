// Quotas are given to devices one by one: which device, what it has left, and another amount for it.
import { Button, Checkbox, NumberInput, Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { type FormEvent, useState } from 'react';
import { useChange, useGet, useMay, usePage } from '@/api';
import { ErrorNote, Setting, SettingsRow, StateBadge, Time, confirm, formatNumber, notifyDone, notifyProblem } from '@/parts';
import { NO_FILTERS, qOf } from '@/parts/deviceFilters';
import { useText } from '@/texts';
import { usePolicy } from './editing';
import classes from './Policy.module.css';

export function Quota() {
  const t = useText('policy');
  const { profile } = usePolicy();
  const mayLook = useMay('device:read');
  const [device, setDevice] = useState<string | null>(null);
  const [typed, setTyped] = useState('');
  const [search] = useDebouncedValue(typed, 200);
  const q = qOf({ ...NO_FILTERS, policy: String(profile.id), search });
  const found = usePage('/v1/endpoint', { query: { q, per_page: 20, sort: 'name' } }, { when: mayLook });
  if (!mayLook) return null;
  return (
    <>
      <Setting label={t('quota.of')} about={t('quota.ofAbout')}>
        <Select
          w="min(220px, 44vw)"
          aria-label={t('quota.of')}
          placeholder={t('quota.choose')}
          data={(found.data?.rows ?? []).map((row) => ({ value: String(row.id), label: row.name }))}
          filter={({ options }) => options}
          searchable
          clearable
          nothingFoundMessage={t('quota.noDevice')}
          onSearchChange={setTyped}
          value={device}
          onChange={setDevice}
        />
      </Setting>
      {device !== null && <OfDevice key={device} endpoint={Number(device)} />}
    </>
  );
}

function OfDevice({ endpoint }: { endpoint: number }) {
  const t = useText('policy');
  const may = useMay('policy:write');
  const path = { path: { endpoint } };
  const { data, error, isPending } = useGet('/v1/endpoint/{endpoint}/quota/sms', path);
  const remove = useChange('delete', '/v1/endpoint/{endpoint}/quota/sms');
  const none = error?.status === 404;
  if (error && !none) return <SettingsRow><ErrorNote problem={error} /></SettingsRow>;
  const take = async () => {
    if (!(await confirm({ title: t('quota.takeAsk'), text: t('quota.takeAbout'), action: t('quota.take'), danger: true }))) return;
    remove.mutate({ params: path }, { onSuccess: () => notifyDone(t('quota.taken')), onError: notifyProblem });
  };
  return (
    <SettingsRow>
      <div className={classes.quota} aria-busy={isPending}>
        {data && !none ? (
          <>
            <span className={classes.left}>{t('quota.left', { left: formatNumber(data.volume), of: formatNumber(data.last_volume_added) })}</span>
            <StateBadge tone={data.status.id === 1 ? 'good' : 'bad'}>{t(`quota.status.${data.status.id}`)}</StateBadge>
            {data.expiry_date && <span className={classes.dim}>{t('quota.until')} <Time at={data.expiry_date} /></span>}
            {may && <Button variant="default" size="compact-xs" loading={remove.isPending} onClick={() => void take()}>{t('quota.take')}</Button>}
          </>
        ) : (
          <span className={classes.dim}>{isPending ? '\u00a0' : t('quota.none')}</span>
        )}
      </div>
      {may && <Give endpoint={endpoint} />}
    </SettingsRow>
  );
}

function Give({ endpoint }: { endpoint: number }) {
  const t = useText('policy');
  const [volume, setVolume] = useState<string | number>(100);
  const [refill, setRefill] = useState(false);
  const give = useChange('post', '/v1/endpoint/{endpoint}/quota/sms');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const body = { volume: Number(volume), auto_refill: refill };
    give.mutate({ params: { path: { endpoint } }, body }, { onSuccess: () => notifyDone(t('quota.given')), onError: notifyProblem });
  };
  return (
    <form className={classes.give} onSubmit={submit}>
      <NumberInput aria-label={t('quota.volume')} w={140} min={1} max={1_000_000_000} suffix=" SMS" hideControls allowDecimal={false} value={volume} onChange={setVolume} />
      <Checkbox label={t('quota.refill')} checked={refill} onChange={(event) => setRefill(event.currentTarget.checked)} />
      <Button type="submit" variant="default" loading={give.isPending} disabled={!Number(volume)}>
        {t('quota.give')}
      </Button>
    </form>
  );
}
