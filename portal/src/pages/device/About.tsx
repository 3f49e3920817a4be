// What a device is: may it, its SIM, its network, and what can be done about them.
import { Button } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useChange, useGet, useMay } from '@/api';
import type { EndpointShown } from '@/api/schema';
import { Setting, SettingsPage, SettingsSection, StateBadge, Time, notifyDone, notifyProblem, notifyUndo } from '@/parts';
import { useText } from '@/texts';
import { Operators } from './Operators';
import { Sim } from './Sim';
import { DISABLED, ENABLED } from './Status';
import classes from './Device.module.css';

type Props = { device: EndpointShown };

export function About({ device }: Props) {
  const t = useText('device');
  return (
    <SettingsPage>
      {device.console?.weak && (
        <div className={classes.warning} role="note">
          <IconAlertTriangle size={16} stroke={1.5} aria-hidden />
          <span>{t('about.weak')}</span>
        </div>
      )}
      <Held device={device} />
      <SettingsSection title={t('title')}>
        <Enabled device={device} />
        <Setting label={t('fact.created')}>
          <Time at={device.created} exact />
        </Setting>
        <Setting label={t('fact.changed')}>
          <Time at={device.last_updated} />
        </Setting>
      </SettingsSection>
      <Sim device={device} />
      <Network device={device} />
      <Operators device={device} />
    </SettingsPage>
  );
}

function Enabled({ device }: Props) {
  const t = useText('device');
  const may = useMay('device:write');
  const save = useChange('patch', '/v1/endpoint/{endpoint}');
  const isEnabled = device.status.id === ENABLED;
  const set = (id: number) => save.mutateAsync({ params: { path: { endpoint: device.id } }, body: { status: { id } } });
  const toggle = () =>
    void set(isEnabled ? DISABLED : ENABLED).then(
      () => notifyUndo(t(isEnabled ? 'about.nowDisabled' : 'about.nowEnabled', { name: device.name }), () => void set(device.status.id)),
      notifyProblem,
    );
  return (
    <Setting label={t('about.status')} about={t('about.statusAbout')}>
      <StateBadge tone={isEnabled ? 'good' : 'off'}>{t(isEnabled ? 'status.enabled' : 'status.disabled')}</StateBadge>
      {may && (
        <Button variant="default" onClick={toggle} loading={save.isPending}>
          {t(isEnabled ? 'about.disable' : 'about.enable')}
        </Button>
      )}
    </Setting>
  );
}

function Held({ device }: Props) {
  const t = useText('device');
  const params = { path: { endpoint: device.id } };
  const { data } = useGet('/v1/endpoint/{endpoint}/firewall/hold', params, { when: useMay('policy:read') });
  const may = useMay('policy:write');
  const release = useChange('delete', '/v1/endpoint/{endpoint}/firewall/hold');
  if (!data?.held) return null;
  return (
    <div className={classes.warning} role="note">
      <IconAlertTriangle size={16} stroke={1.5} aria-hidden />
      <span>
        {t('about.held', { sent: data.sent_this_hour, usual: data.usual_per_hour })} {data.until && <Time at={data.until} />}
      </span>
      {may && (
        <Button variant="default" loading={release.isPending} onClick={() => release.mutate({ params }, { onError: notifyProblem })}>
          {t('about.release')}
        </Button>
      )}
    </div>
  );
}

function Network({ device }: Props) {
  const t = useText('device');
  const params = { path: { endpoint: device.id } };
  const { data } = useGet('/v1/endpoint/{endpoint}/connectivity', params);
  const may = useMay('device:write');
  const reset = useChange('patch', '/v1/endpoint/{endpoint}/connectivity');
  const key = data?.status.description;
  const go = () =>
    reset.mutate({ params, body: { location: null } }, { onSuccess: () => notifyDone(t('about.wasReset')), onError: notifyProblem });
  return (
    <SettingsSection title={t('about.network')}>
      <Setting label={t('about.attached')} about={key && t(`attachAbout.${key}`)}>
        {key && <StateBadge tone={key === 'ATTACHED' ? 'good' : key === 'BLOCKED' ? 'bad' : 'wait'}>{t(`attach.${key}`)}</StateBadge>}
      </Setting>
      <Setting label={t('about.location')} about={t('about.locationAbout')}>
        <span>{data?.location?.network ?? t('fact.unknown')}</span>
        {may && (
          <Button variant="default" onClick={go} loading={reset.isPending}>
            {t('about.reset')}
          </Button>
        )}
      </Setting>
      <Setting label={t('fact.imei')} about={device.imei_lock ? t('about.imeiLocked') : undefined}>
        {device.imei ?? t('fact.unknown')}
      </Setting>
      <Setting label={t('fact.ip')}>{device.ip_address ?? t('fact.none')}</Setting>
    </SettingsSection>
  );
}
