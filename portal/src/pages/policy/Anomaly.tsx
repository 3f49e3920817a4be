// A device that sends far more than it used to is held.
import { NumberInput, Switch } from '@mantine/core';
import { useId } from 'react';
import { Setting, SettingsSection, StateBadge, formatNumber } from '@/parts';
import { useText } from '@/texts';
import { Ways } from './Ways';
import { ANOMALY } from './content';
import { usePolicy } from './editing';

const HOUR = 3_600;

export function Anomaly() {
  const t = useText('policy');
  const { content, change, may, has } = usePolicy();
  const id = useId();
  const rule = content.anomaly;
  const isOn = rule !== null;
  return (
    <SettingsSection title={t('anomaly.title')} about={t('anomaly.about')}>
      <Setting label={t('anomaly.on')} changed={has('anomaly')} {...(may ? { htmlFor: id } : {})}>
        {may ? (
          <Switch id={id} aria-label={t('anomaly.on')} checked={isOn} onChange={(event) => change({ anomaly: event.currentTarget.checked ? ANOMALY : null })} />
        ) : (
          <StateBadge tone={isOn ? 'good' : 'off'}>{t(isOn ? 'on' : 'off')}</StateBadge>
        )}
      </Setting>
      {rule && (
        <>
          <NumberLine label={t('anomaly.times')} field="times" value={rule.times ?? 10} min={2} max={1_000} />
          <NumberLine label={t('anomaly.least')} field="least" value={rule.least ?? 50} min={1} max={1_000_000} />
          <NumberLine label={t('anomaly.learning')} field="learning_hours" value={rule.learning_hours ?? 24} min={0} max={2_160} />
          <NumberLine label={t('anomaly.hold')} about={t('anomaly.holdAbout')} field="hold_seconds" value={rule.hold_seconds ?? null} min={1} max={720} unit={HOUR} />
          <Setting label={t('anomaly.ways')}>
            <Ways value={rule.directions} onChange={(directions) => change({ anomaly: { ...rule, directions } })} />
          </Setting>
        </>
      )}
    </SettingsSection>
  );
}

type Props = { label: string; about?: string; field: 'times' | 'least' | 'learning_hours' | 'hold_seconds'; value: number | null; min: number; max: number; unit?: number };

function NumberLine({ label, about, field, value, min, max, unit = 1 }: Props) {
  const t = useText('policy');
  const { content, change, may, errors } = usePolicy();
  const id = useId();
  const shown = value === null ? '' : value / unit;
  const set = (given: string | number) => {
    if (typeof given === 'number') change({ anomaly: { ...content.anomaly, [field]: Math.round(given * unit) } });
    else if (field === 'hold_seconds' && given === '') change({ anomaly: { ...content.anomaly, hold_seconds: null } });
  };
  return (
    <Setting label={label} about={about} {...(may ? { htmlFor: id } : {})}>
      {may ? (
        <NumberInput id={id} w={150} hideControls min={min} max={max} clampBehavior="blur" placeholder={t('anomaly.byHand')} value={shown} error={errors[`anomaly.${field}`]} onChange={set} />
      ) : (
        <span className="numbers">{shown === '' ? t('anomaly.byHand') : formatNumber(shown)}</span>
      )}
    </Setting>
  );
}
