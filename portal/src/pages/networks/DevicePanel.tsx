// One virtual device: where it stands, what it is made to do, what it read, and a word from it.
import { Button, Select } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { Link } from 'wouter';
import { type Answer, type Body, keyOf, useChange, useGet, useLive, useMay } from '@/api';
import { ErrorNote, SidePanel, StateBadge, Time, notifyProblem } from '@/parts';
import { useText } from '@/texts';
import { Choices } from './Choices';
import { toneOfDevice, useProfiles } from './virtual';
import { Inbox } from './Inbox';
import { LetSend } from './LetSend';
import classes from './Networks.module.css';
import { Readings } from './Readings';

const PATH = '/v1/simulator/device/{endpoint}';
const COVERAGES = ['attached', 'asleep', 'no_answer', 'detached'] as const;
const MEMORIES = ['free', 'full'] as const;
const FAULTS = [
  'busy', 'congestion', 'network_failure', 'temporary_failure', 'resources', 'interworking', 'answer_lost', 'rejected', 'barred',
  'unknown_subscriber', 'facility', 'protocol', 'illegal_equipment', 'not_provisioned',
] as const;

export type Virtual = Answer<'get', typeof PATH>;
type Change = NonNullable<Body<'patch', typeof PATH>>;

/** The switch turns at once; when the API says no, it turns back. */
function useSwitch(id: number) {
  const queries = useQueryClient();
  const params = { path: { endpoint: id } };
  const save = useChange('patch', PATH, ['/v1/lane', '/v1/endpoint']);
  return (body: Change) => {
    const key = keyOf(PATH, params);
    const before = queries.getQueryData<Virtual>(key);
    if (before) queries.setQueryData(key, { ...before, ...body, readings: { ...before.readings, ...body.readings } });
    save.mutate(
      { params, body },
      {
        onError: (problem) => {
          queries.setQueryData(key, before);
          notifyProblem(problem);
        },
      },
    );
  };
}

export function DevicePanel({ id, onClose }: { id: number; onClose: () => void }) {
  const t = useText('networks');
  const found = useGet(PATH, { path: { endpoint: id } });
  useLive([PATH], (news) => news.kind !== 'gap' && news.news.endpoint?.id === id);
  const device = found.data;
  const footer = (
    <Button component={Link} href={`/devices/${id}`} variant="default">
      {t('openDevice')}
    </Button>
  );
  return (
    <SidePanel opened onClose={onClose} title={device?.endpoint.name ?? t('device')} footer={footer}>
      <ErrorNote problem={found.error} retry={() => void found.refetch()} />
      {device && <Device id={id} device={device} />}
    </SidePanel>
  );
}

function Device({ id, device }: { id: number; device: Virtual }) {
  const t = useText('networks');
  const mayChange = useMay('device:write');
  const maySend = useMay('sms:send');
  const mayRead = useMay('sms:read');
  return (
    <>
      <div className={classes.now} role="status">
        <StateBadge tone={toneOfDevice(device.state)}>{t(`is.${device.state}`)}</StateBadge>
        {device.wakes_at && (
          <span className={classes.quiet}>
            {t('wakes')} <Time at={device.wakes_at} />
          </span>
        )}
        <span className={classes.quiet}>{t('received', { count: device.received })}</span>
      </div>
      {mayChange ? <Switches id={id} device={device} /> : <Standing device={device} />}
      {maySend && <LetSend id={id} device={device} />}
      {mayRead && <Inbox id={id} received={device.received} />}
    </>
  );
}

/** For those who look and do not touch. */
function Standing({ device }: { device: Virtual }) {
  const t = useText('networks');
  const facts = [
    [t('radio'), t(`coverage.${device.coverage}`)],
    [t('memory'), t(`memories.${device.memory}`)],
    [t('fault'), device.fault === null ? t('noFault') : t(`faults.${device.fault}`)],
    [t('profile'), t(`profiles.${device.profile}`, { defaultValue: device.profile })],
  ] as const;
  return (
    <dl className={classes.facts}>
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Switches({ id, device }: { id: number; device: Virtual }) {
  const t = useText('networks');
  const change = useSwitch(id);
  const profiles = useProfiles();
  return (
    <>
      <Choices
        label={t('radio')}
        about={t(`coverageAbout.${device.coverage}`)}
        value={device.coverage}
        options={COVERAGES.map((value) => ({ value, label: t(`coverage.${value}`) }))}
        onChange={(coverage) => change({ coverage })}
      />
      <Choices
        label={t('memory')}
        about={t(`memoryAbout.${device.memory}`)}
        value={device.memory === 'full' ? 'full' : 'free'}
        options={MEMORIES.map((value) => ({ value, label: t(`memories.${value}`) }))}
        onChange={(memory) => change({ memory })}
      />
      <Select
        label={t('fault')}
        description={t('faultAbout')}
        placeholder={t('noFault')}
        clearable
        clearButtonProps={{ 'aria-label': t('endFault') }}
        data={FAULTS.map((value) => ({ value, label: t(`faults.${value}`) }))}
        value={device.fault}
        onChange={(value) => change({ fault: FAULTS.find((one) => one === value) ?? null })}
      />
      <Select
        label={t('profile')}
        description={profiles.data?.find(({ name }) => name === device.profile)?.description ?? '\u00a0'}
        data={profiles.data?.map(({ name }) => ({ value: name, label: t(`profiles.${name}`, { defaultValue: name }) })) ?? []}
        value={device.profile}
        allowDeselect={false}
        onChange={(profile) => profile && change({ profile })}
      />
      <Readings readings={device.readings} set={(readings) => change({ readings })} />
    </>
  );
}
