// What a device used: this month and the last, day by day, against its limits and its quota.
import { Button, NumberInput } from '@mantine/core';
import { useState } from 'react';
import { useChange, useGet, useLive, useMay } from '@/api';
import type { EndpointShown } from '@/api/schema';
import { Chart, ErrorNote, SettingsPage, SettingsRow, SettingsSection, Stat, Stats, Time, confirm, formatNumber, notifyProblem } from '@/parts';
import { useText } from '@/texts';
import classes from './Device.module.css';
import { Meter } from './Meter';
import { useLimits } from './limits';

const DAYS = 30;
const DAY_MS = 86_400_000;
const LEAST = 1;
const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

type Props = { device: EndpointShown };

export function Usage({ device }: Props) {
  const t = useText('device');
  const limits = useLimits(device);
  const path = { endpoint: device.id };
  const stats = useGet('/v1/endpoint/{endpoint}/stats', { path });
  useLive(['/v1/endpoint/{endpoint}'], (news) => news.kind === 'state' && news.news.endpoint?.id === device.id);
  const { current_month: month, last_month: before } = stats.data ?? {};
  const number = (value: number | undefined) => value !== undefined && formatNumber(value);
  return (
    <SettingsPage>
      <ErrorNote problem={stats.error} retry={() => void stats.refetch()} />
      <Stats>
        <Stat label={t('usage.toDevice')} value={number(month?.sms.volume_tx)} hint={t('usage.thisMonth')} />
        <Stat label={t('usage.fromDevice')} value={number(month?.sms.volume_rx)} hint={t('usage.thisMonth')} />
        <Stat label={t('usage.lastMonth')} value={number(before?.sms.volume)} hint={t('usage.both')} />
        <Stat label={t('usage.cost')} value={month && formatNumber(month.sms.cost, { maximumFractionDigits: 2 })} hint={t('usage.thisMonth')} />
      </Stats>
      <Days device={device} />
      <SettingsSection title={t('usage.limits')} about={t('usage.limitsAbout', { policy: device.service_profile.name })}>
        <div className={classes.meters}>
          {limits.length === 0 && <span>{t('usage.noLimits')}</span>}
          {limits.map((limit) => (
            <Meter key={limit.key} limit={limit} />
          ))}
        </div>
      </SettingsSection>
      <Quota device={device} />
    </SettingsPage>
  );
}

function Days({ device }: Props) {
  const t = useText('device');
  const today = dayOf(Date.now());
  const query = { start_date: dayOf(Date.now() - (DAYS - 1) * DAY_MS), end_date: today };
  const { data } = useGet('/v1/endpoint/{endpoint}/stats/daily', { path: { endpoint: device.id }, query }, { keep: true });
  const days = data ?? [];
  return (
    <SettingsSection title={t('usage.days')} about={t('usage.daysAbout')}>
      <SettingsRow>
        <Chart
          label={t('usage.days')}
          height={180}
          times={days.map((day) => Date.parse(day.date))}
          lines={[
            { label: t('usage.toDevice'), tone: 'accent', values: days.map((day) => day.sms.volume_tx), fill: true },
            { label: t('usage.fromDevice'), tone: 'good', values: days.map((day) => day.sms.volume_rx) },
          ]}
        />
      </SettingsRow>
    </SettingsSection>
  );
}

function Quota({ device }: Props) {
  const t = useText('device');
  const mayRead = useMay('policy:read');
  const may = useMay('policy:write');
  const params = { path: { endpoint: device.id } };
  const quota = useGet('/v1/endpoint/{endpoint}/quota/sms', params, { when: mayRead });
  const take = useChange('delete', '/v1/endpoint/{endpoint}/quota/sms');
  const has = quota.data !== undefined && quota.error === null;
  const remove = async () => {
    if (await confirm({ title: t('quota.removeTitle'), text: t('quota.removeText'), action: t('quota.remove'), danger: true }))
      take.mutate({ params }, { onError: notifyProblem });
  };
  if (!mayRead) return null;
  return (
    <SettingsSection title={t('quota.title')} about={t('quota.about')}>
      <SettingsRow>
        <div className={classes.more}>
          <span>{has ? t('quota.left', { count: quota.data.volume, left: formatNumber(quota.data.volume) }) : t('quota.none')}</span>
          {has && quota.data.expiry_date && (
            <span>
              {t('quota.until')} <Time at={quota.data.expiry_date} />
            </span>
          )}
          {has && may && (
            <Button ml="auto" variant="subtle" color="gray" onClick={() => void remove()} loading={take.isPending}>
              {t('quota.remove')}
            </Button>
          )}
        </div>
      </SettingsRow>
      {may && <Give device={device} left={has ? quota.data.volume : 0} />}
    </SettingsSection>
  );
}

/** Added to what is left. */
function Give({ device, left }: Props & { left: number }) {
  const t = useText('device');
  const [volume, setVolume] = useState<string | number>(100);
  const give = useChange('post', '/v1/endpoint/{endpoint}/quota/sms');
  const go = () =>
    give.mutate({ params: { path: { endpoint: device.id } }, body: { volume: left + Number(volume) } }, { onError: notifyProblem });
  return (
    <SettingsRow>
      <div className={classes.more}>
        <NumberInput w={120} min={LEAST} aria-label={t('quota.volume')} value={volume} onChange={setVolume} suffix=" SMS" thousandSeparator=" " />
        <Button variant="default" onClick={go} loading={give.isPending} disabled={Number(volume) < LEAST}>
          {t('quota.add')}
        </Button>
      </div>
    </SettingsRow>
  );
}
