// Controls of one field of the policy each. Who may not change it sees its value.
import { NumberInput, Select, Switch, TextInput } from '@mantine/core';
import { useId } from 'react';
import { Setting, StateBadge, fieldText, formatNumber } from '@/parts';
import { useText } from '@/texts';
import type { Flag } from './content';
import { usePolicy } from './editing';

type Line = { label: string; about?: string };

export function FlagSetting({ name, label, about }: Line & { name: Flag }) {
  const t = useText('policy');
  const { content, change, may, has } = usePolicy();
  const id = useId();
  return (
    <Setting label={label} about={about} changed={has(name)} {...(may ? { htmlFor: id } : {})}>
      {may ? (
        <Switch id={id} aria-label={label} checked={content[name]} onChange={(event) => change({ [name]: event.currentTarget.checked })} />
      ) : (
        <StateBadge tone={content[name] ? 'good' : 'off'}>{t(content[name] ? 'on' : 'off')}</StateBadge>
      )}
    </Setting>
  );
}

type NumberName = 'mt_limit' | 'mo_limit' | 'sms_p2p_receive_rate' | 'sms_p2p_send_cap' | 'pending';
type NumberLine = Line & { name: NumberName; min: number; max: number; suffix?: string; none?: string; off?: boolean };

/** With `none`, empty means that there is none. */
export function NumberSetting({ name, label, about, min, max, suffix, none, off = false }: NumberLine) {
  const { content, change, may, has, errors } = usePolicy();
  const id = useId();
  const value = content[name];
  const set = (given: string | number) => {
    if (typeof given === 'number') change({ [name]: given });
    else if (none !== undefined && given === '') change({ [name]: null });
  };
  return (
    <Setting label={label} about={about} changed={has(name)} {...(may ? { htmlFor: id } : {})}>
      {may ? (
        <NumberInput
          id={id}
          w={150}
          min={min}
          max={max}
          clampBehavior="blur"
          allowDecimal={false}
          allowNegative={false}
          thousandSeparator=" "
          hideControls
          disabled={off}
          placeholder={none}
          suffix={suffix && ` ${suffix}`}
          value={value ?? ''}
          error={fieldText(errors[name])}
          onChange={set}
        />
      ) : (
        <span className="numbers">{value === null ? none : `${formatNumber(value)} ${suffix ?? ''}`}</span>
      )}
    </Setting>
  );
}

export function TextSetting({ name, label, about, max }: Line & { name: 'name' | 'description'; max: number }) {
  const { content, change, may, has, errors } = usePolicy();
  const id = useId();
  return (
    <Setting label={label} about={about} changed={has(name)} {...(may ? { htmlFor: id } : {})}>
      {may ? (
        <TextInput
          id={id}
          w="min(320px, 50vw)"
          maxLength={max}
          value={content[name]}
          error={fieldText(errors[name])}
          onChange={(event) => change({ [name]: event.currentTarget.value })}
        />
      ) : (
        <span>{content[name] || '–'}</span>
      )}
    </Setting>
  );
}

export type Choice = { value: string; label: string };
type Named = 'api_callback' | 'api_secret' | 'smpp_account' | 'feed_consumer';

/** One of the organisation's own things, or none. */
export function ChoiceSetting(props: Line & { name: Named; none: string; choices: readonly Choice[] | undefined; children?: React.ReactNode }) {
  const { name, label, about, none, choices, children } = props;
  const { content, change, may, has, errors } = usePolicy();
  const id = useId();
  const value = content[name];
  const known = choices?.find((choice) => choice.value === String(value));
  return (
    <Setting label={label} about={about} changed={has(name)} {...(may ? { htmlFor: id } : {})}>
      {may ? (
        <Select
          id={id}
          w="min(260px, 44vw)"
          data={[...(choices ?? [])]}
          value={value === null ? null : String(value)}
          placeholder={none}
          clearable
          searchable
          error={fieldText(errors[name])}
          onChange={(chosen) => change({ [name]: chosen === null ? null : Number(chosen) })}
        />
      ) : (
        <span>{known?.label ?? none}</span>
      )}
      {may && children}
    </Setting>
  );
}
