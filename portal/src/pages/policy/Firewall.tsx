// The firewall of a policy: what passes only when all of its rules agree.
import { NumberInput, Select, TextInput } from '@mantine/core';
import { Setting, SettingsPage, SettingsSection } from '@/parts';
import { useText } from '@/texts';
import { Anomaly } from './Anomaly';
import { Peers } from './Peers';
import { RuleList } from './RuleList';
import { Toggles } from './Toggles';
import { Ways } from './Ways';
import { usePolicy } from './editing';
import { NumberSetting } from './fields';
import { zones } from './zones';

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const MONDAY = Date.UTC(2026, 0, 5);
const DAY_MS = 86_400_000;
const MOST_RATE = 1_000_000;

export function Firewall() {
  const t = useText('policy');
  return (
    <SettingsPage>
      <Peers name="block" />
      <Peers name="allow" />
      <Contents />
      <Windows />
      <Rates />
      <SettingsSection title={t('firewall.queue')}>
        <NumberSetting name="pending" label={t('firewall.pending')} about={t('firewall.pendingAbout')} min={1} max={MOST_RATE} none={t('noLimit')} suffix="SMS" />
      </SettingsSection>
      <Anomaly />
    </SettingsPage>
  );
}

function Contents() {
  const t = useText('policy');
  const { may } = usePolicy();
  return (
    <RuleList
      name="content"
      title={t('firewall.content')}
      about={t('firewall.contentAbout')}
      none={t('firewall.contentNone')}
      add={t('firewall.addContent')}
      most={20}
      fresh={() => ({ name: '', pattern: '', directions: [] })}
      render={(row, change, error) => (
        <>
          <TextInput flex="1 1 110px" aria-label={t('firewall.name')} placeholder={t('firewall.contentName')} maxLength={40} readOnly={!may} value={row.name} error={error('name')} onChange={(event) => change({ name: event.currentTarget.value })} />
          <TextInput flex="2 1 180px" ff="monospace" aria-label={t('firewall.pattern')} placeholder="(?i)casino" maxLength={200} readOnly={!may} value={row.pattern} error={error('pattern')} onChange={(event) => change({ pattern: event.currentTarget.value })} />
          <Ways value={row.directions} onChange={(directions) => change({ directions })} />
        </>
      )}
    />
  );
}

function useDays() {
  const short = new Intl.DateTimeFormat(document.documentElement.lang, { weekday: 'narrow', timeZone: 'UTC' });
  const long = new Intl.DateTimeFormat(document.documentElement.lang, { weekday: 'long', timeZone: 'UTC' });
  return DAYS.map((value, at) => ({ value, label: short.format(MONDAY + at * DAY_MS), title: long.format(MONDAY + at * DAY_MS) }));
}

function Windows() {
  const t = useText('policy');
  const { may, content, change: changeAll, has, errors } = usePolicy();
  const days = useDays();
  return (
    <>
      <RuleList
        name="windows"
        title={t('firewall.windows')}
        about={t('firewall.windowsAbout')}
        none={t('firewall.windowsNone')}
        add={t('firewall.addWindow')}
        most={20}
        fresh={() => ({ name: '', start: '22:00', end: '06:00', days: [], directions: [] })}
        render={(row, change, error) => (
          <>
            <TextInput flex="1 1 110px" aria-label={t('firewall.name')} placeholder={t('firewall.windowName')} maxLength={40} readOnly={!may} value={row.name} error={error('name')} onChange={(event) => change({ name: event.currentTarget.value })} />
            <TextInput inputMode="numeric" w={76} maxLength={5} placeholder="22:00" aria-label={t('firewall.start')} readOnly={!may} value={row.start} error={error('start')} onChange={(event) => change({ start: event.currentTarget.value })} />
            <TextInput inputMode="numeric" w={76} maxLength={5} placeholder="22:00" aria-label={t('firewall.end')} readOnly={!may} value={row.end} error={error('end')} onChange={(event) => change({ end: event.currentTarget.value })} />
            <Toggles label={t('firewall.days')} options={days} value={row.days} onChange={(chosen) => change({ days: chosen })} readOnly={!may} />
            <Ways value={row.directions} onChange={(directions) => change({ directions })} />
          </>
        )}
      />
      <SettingsSection title={t('firewall.clock')}>
        <Setting label={t('firewall.zone')} about={t('firewall.zoneAbout')} changed={has('zone')}>
          {may ? (
            <Select w="min(240px, 44vw)" aria-label={t('firewall.zone')} data={zones()} searchable clearable limit={50} placeholder="UTC" value={content.zone} error={errors.zone} onChange={(zone) => changeAll({ zone })} />
          ) : (
            <span>{content.zone ?? 'UTC'}</span>
          )}
        </Setting>
      </SettingsSection>
    </>
  );
}

function Rates() {
  const t = useText('policy');
  const { may } = usePolicy();
  const spans = [
    { value: 'minute', label: t('firewall.perMinute') },
    { value: 'hour', label: t('firewall.perHour') },
    { value: 'day', label: t('firewall.perDay') },
  ] as const;
  return (
    <RuleList
      name="rates"
      title={t('firewall.rates')}
      about={t('firewall.ratesAbout')}
      none={t('firewall.ratesNone')}
      add={t('firewall.addRate')}
      most={9}
      fresh={() => ({ limit: 60, per: 'hour', burst: null, directions: [] })}
      render={(row, change, error) => (
        <>
          <NumberInput w={100} hideControls min={1} max={MOST_RATE} allowDecimal={false} aria-label={t('firewall.limit')} readOnly={!may} value={row.limit} error={error('limit')} onChange={(limit) => typeof limit === 'number' && change({ limit })} />
          <Select w={128} aria-label={t('firewall.per')} data={[...spans]} allowDeselect={false} readOnly={!may} value={row.per} onChange={(per) => change({ per: spans.find(({ value }) => value === per)?.value ?? 'hour' })} />
          <NumberInput flex="1 1 120px" hideControls min={1} max={MOST_RATE} allowDecimal={false} aria-label={t('firewall.burst')} placeholder={t('firewall.burstNone')} readOnly={!may} value={row.burst ?? ''} error={error('burst')} onChange={(burst) => change({ burst: typeof burst === 'number' ? burst : null })} />
          <Ways value={row.directions} onChange={(directions) => change({ directions })} />
        </>
      )}
    />
  );
}
