// What the device measures, set by hand: what it tells next is of these.
import { NumberInput } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useText } from '@/texts';
import type { Virtual } from './DevicePanel';
import classes from './Networks.module.css';

type Props = { readings: Virtual['readings']; set: (readings: Record<string, number>) => void };

export function Readings({ readings, set }: Props) {
  const t = useText('networks');
  const names = Object.keys(readings);
  if (names.length === 0) return null;
  return (
    <div className={classes.readings} role="group" aria-label={t('readings')}>
      {names.map((name) => (
        <Reading key={name} name={name} value={readings[name] ?? 0} set={(value) => set({ [name]: value })} />
      ))}
    </div>
  );
}

/** Told when one is done with it: Enter, or going elsewhere. */
function Reading({ name, value, set }: { name: string; value: number; set: (value: number) => void }) {
  const t = useText('networks');
  const [shown, show] = useState<number | string>(value);
  useEffect(() => show(value), [value]);
  const tell = () => {
    if (typeof shown === 'number' && shown !== value) set(shown);
  };
  return (
    <NumberInput
      label={t(`reading.${name}`, { defaultValue: name })}
      value={shown}
      onChange={show}
      onBlur={tell}
      onKeyDown={(event) => event.key === 'Enter' && tell()}
      hideControls
    />
  );
}
