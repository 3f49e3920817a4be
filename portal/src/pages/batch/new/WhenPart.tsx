// When it begins, how fast it goes, and what it is called.
import { NumberInput, Select, TextInput } from '@mantine/core';
import { useText } from '@/texts';
import classes from '../Batch.module.css';
import type { PartProps } from './WhoPart';

const MOST = { second: 10_000, minute: 600_000 };

export function WhenPart({ draft, set }: PartProps) {
  const t = useText('batch');
  return (
    <fieldset className={classes.part}>
      <legend>{t('when')}</legend>
      <div className={classes.when}>
        <TextInput
          type="datetime-local" label={t('start')} description={t('startAbout')} value={draft.start}
          onChange={(event) => set({ start: event.currentTarget.value })} inputWrapperOrder={['label', 'input', 'description']}
        />
        <div className={classes.pace}>
          <NumberInput
            label={t('pace')} placeholder={t('paceNone')} min={0} max={MOST[draft.unit]} hideControls allowNegative={false}
            value={draft.pace ?? ''} onChange={(value) => set({ pace: typeof value === 'number' && value > 0 ? value : null })}
          />
          <Select
            aria-label={t('paceUnit')} allowDeselect={false} value={draft.unit}
            data={[{ value: 'minute', label: t('perMinute') }, { value: 'second', label: t('perSecond') }]}
            onChange={(unit) => set({ unit: unit === 'second' ? 'second' : 'minute' })}
          />
        </div>
      </div>
      <TextInput label={t('name')} description={t('nameAbout')} value={draft.name} maxLength={200} onChange={(event) => set({ name: event.currentTarget.value })} />
    </fieldset>
  );
}
