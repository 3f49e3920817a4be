// A virtual device in the hand: put it asleep, out of coverage, full; let it measure, and send.
import { Button, NumberInput, SegmentedControl, Select, TextInput } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useState } from 'react';
import { fieldErrors, useChange, useGet, useLive, useMay } from '@/api';
import type { EndpointShown, VirtualDeviceChange, VirtualDeviceShown } from '@/api/schema';
import { Blank, ErrorNote, Setting, SettingsPage, SettingsRow, SettingsSection, StateBadge, Time, fieldText, notifyDone, notifyProblem } from '@/parts';
import { useText } from '@/texts';
import classes from './Device.module.css';

const COVERAGE = ['attached', 'asleep', 'no_answer', 'detached'] as const;
const FAULTS = ['busy', 'congestion', 'network_failure', 'rejected', 'barred', 'unknown_subscriber', 'answer_lost', 'temporary_failure'] as const;
const NONE = 'none';

type Props = { device: EndpointShown };
type Put = (body: VirtualDeviceChange) => void;

export function Simulator({ device }: Props) {
  const params = { path: { endpoint: device.id } };
  const found = useGet('/v1/simulator/device/{endpoint}', params);
  useLive(['/v1/simulator/device/{endpoint}', '/v1/endpoint/{endpoint}/connectivity'], (news) => news.kind !== 'gap' && news.news.endpoint?.id === device.id);
  const change = useChange('patch', '/v1/simulator/device/{endpoint}', ['/v1/endpoint']);
  const may = useMay('device:write');
  if (found.data === undefined) return found.error ? <ErrorNote problem={found.error} retry={() => void found.refetch()} /> : <Blank />;
  const put: Put = (body) => change.mutate({ params, body }, { onError: notifyProblem });
  // What was asked for is shown while it is on its way.
  const shown = change.isPending ? { ...found.data, ...change.variables?.body } : found.data;
  return (
    <SettingsPage>
      <Controls shown={shown as VirtualDeviceShown} may={may} put={put} />
      <Readings shown={found.data} may={may} put={put} />
      <SendAs device={device} />
      <Inbox device={device} />
    </SettingsPage>
  );
}

function Controls({ shown, may, put }: { shown: VirtualDeviceShown; may: boolean; put: Put }) {
  const t = useText('device');
  const profiles = useGet('/v1/simulator/profile');
  const isNarrow = useMediaQuery('(max-width: 48em)');
  return (
    <SettingsSection title={t('sim2.title')} about={t('sim2.about')}>
      <Setting label={t('sim2.coverage')} about={t(`coverageAbout.${shown.coverage}`)}>
        {may ? (
          <SegmentedControl
            aria-label={t('sim2.coverage')}
            orientation={isNarrow ? 'vertical' : 'horizontal'}
            data={COVERAGE.map((value) => ({ value, label: t(`coverage.${value}`) }))}
            value={shown.coverage}
            onChange={(coverage) => put({ coverage: coverage as (typeof COVERAGE)[number] })}
          />
        ) : (
          <StateBadge tone="info">{t(`coverage.${shown.coverage}`)}</StateBadge>
        )}
      </Setting>
      <Setting label={t('sim2.memory')} about={t('sim2.memoryAbout')}>
        {may ? (
          <SegmentedControl
            aria-label={t('sim2.memory')}
            data={(['free', 'full'] as const).map((value) => ({ value, label: t(`memory.${value}`) }))}
            value={shown.memory}
            onChange={(memory) => put({ memory: memory as 'free' | 'full' })}
          />
        ) : (
          t(`memory.${shown.memory}`)
        )}
      </Setting>
      <Setting label={t('sim2.fault')} about={t('sim2.faultAbout')}>
        <Select
          aria-label={t('sim2.fault')}
          disabled={!may}
          allowDeselect={false}
          data={[NONE, ...FAULTS].map((value) => ({ value, label: t(`fault.${value}`) }))}
          value={shown.fault ?? NONE}
          onChange={(fault) => put({ fault: fault === null || fault === NONE ? null : (fault as (typeof FAULTS)[number]) })}
        />
      </Setting>
      <Setting label={t('sim2.profile')} about={profiles.data?.find(({ name }) => name === shown.profile)?.description}>
        <Select
          aria-label={t('sim2.profile')}
          disabled={!may}
          allowDeselect={false}
          data={profiles.data?.map(({ name }) => name) ?? [shown.profile]}
          value={shown.profile}
          onChange={(profile) => profile && put({ profile })}
        />
      </Setting>
    </SettingsSection>
  );
}

function Readings({ shown, may, put }: { shown: VirtualDeviceShown; may: boolean; put: Put }) {
  const t = useText('device');
  const names = Object.keys(shown.readings);
  if (names.length === 0) return null;
  return (
    <SettingsSection title={t('sim2.readings')} about={t('sim2.readingsAbout')}>
      {names.map((name) => (
        <Setting key={name} label={name}>
          <NumberInput
            key={shown.readings[name]}
            w={140}
            aria-label={name}
            disabled={!may}
            decimalScale={4}
            defaultValue={shown.readings[name]}
            onBlur={(event) => {
              const value = Number(event.currentTarget.value);
              if (event.currentTarget.value !== '' && value !== shown.readings[name]) put({ readings: { [name]: value } });
            }}
          />
        </Setting>
      ))}
    </SettingsSection>
  );
}

function SendAs({ device }: Props) {
  const t = useText('device');
  const may = useMay('sms:send');
  const [to, setTo] = useState('');
  const [text, setText] = useState('');
  const send = useChange('post', '/v1/simulator/device/{endpoint}/sms');
  if (!may) return null;
  const errors = fieldErrors(send.error);
  const go = () =>
    send.mutate(
      { params: { path: { endpoint: device.id } }, body: { dest_address: to, payload: text } },
      {
        onSuccess: (answer) => {
          setText('');
          notifyDone(t(`sent.${answer.state}`));
        },
        onError: (problem) => Object.keys(fieldErrors(problem)).length > 0 || notifyProblem(problem),
      },
    );
  return (
    <SettingsSection title={t('sim2.sendAs')} about={t('sim2.sendAsAbout')}>
      <SettingsRow>
        <form
          className={classes.form}
          onSubmit={(event) => {
            event.preventDefault();
            go();
          }}
        >
          <TextInput w={140} aria-label={t('sim2.to')} placeholder={t('sim2.to')} value={to} onChange={(event) => setTo(event.currentTarget.value)} error={fieldText(errors.dest_address)} />
          <TextInput aria-label={t('compose.text')} placeholder={t('compose.text')} value={text} onChange={(event) => setText(event.currentTarget.value)} error={fieldText(errors.payload)} />
          <Button type="submit" size="sm" variant="default" disabled={to === '' || text === ''} loading={send.isPending}>
            {t('sim2.letSend')}
          </Button>
        </form>
      </SettingsRow>
    </SettingsSection>
  );
}

function Inbox({ device }: Props) {
  const t = useText('device');
  const { data } = useGet('/v1/simulator/device/{endpoint}/inbox', { path: { endpoint: device.id } }, { when: useMay('sms:read') });
  if (data === undefined) return null;
  return (
    <SettingsSection title={t('sim2.inbox')} about={t('sim2.inboxAbout')}>
      <SettingsRow>
        {data.length === 0 && <span>{t('sim2.inboxEmpty')}</span>}
        <ul className={classes.inbox} aria-label={t('sim2.inbox')}>
          {[...data].reverse().map((sms, at) => (
            <li key={`${sms.date}${at}`}>
              <span>
                {sms.source_address && `${sms.source_address}: `}
                {sms.payload}
              </span>
              <Time at={sms.date} />
            </li>
          ))}
        </ul>
      </SettingsRow>
    </SettingsSection>
  );
}
