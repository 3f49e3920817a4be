// Beside the console, where there is room: what one wants to know while writing.
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { useGet } from '@/api';
import type { EndpointShown } from '@/api/schema';
import { Copy, Mono, formatNumber } from '@/parts';
import { useText } from '@/texts';
import classes from './Device.module.css';
import { useLimits } from './limits';
import { Meter } from './Meter';

export function Summary({ device }: { device: EndpointShown }) {
  const t = useText('device');
  const stats = useGet('/v1/endpoint/{endpoint}/stats', { path: { endpoint: device.id } });
  const limits = useLimits(device);
  const month = stats.data?.current_month.sms;
  const sim = device.sim;
  return (
    <aside className={classes.summary} aria-label={t('summary.title')}>
      <Fact label={t('fact.msisdn')}>{sim?.msisdn ? <Copied text={sim.msisdn} /> : t('fact.none')}</Fact>
      <Fact label={t('fact.iccid')}>{sim ? <Copied text={sim.iccid} /> : t('fact.noSim')}</Fact>
      <Fact label={t('fact.policy')}>
        <Link href={`/policies/${device.service_profile.id}`}>{device.service_profile.name}</Link>
      </Fact>
      <Fact label={t('fact.network')}>{device.network}</Fact>
      {device.tags && <Fact label={t('fact.tags')}>{device.tags.split(',').join(', ')}</Fact>}
      <Fact label={t('summary.month')}>
        {month && t('summary.both', { to: formatNumber(month.volume_tx), from: formatNumber(month.volume_rx) })}
      </Fact>
      {limits.map((limit) => (
        <Meter key={limit.key} limit={limit} />
      ))}
    </aside>
  );
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className={classes.fact}>
      <span>{label}</span>
      <div>{children}</div>
    </div>
  );
}

export const Copied = ({ text }: { text: string }) => (
  <span className={classes.copied}>
    <Mono>{text}</Mono>
    <Copy text={text} />
  </span>
);
