// Who gets it: devices that a filter finds, numbers of people, or the rows of a file.
import { Button, FileButton, SegmentedControl, Textarea } from '@mantine/core';
import { usePage } from '@/api';
import { StateBadge, formatNumber } from '@/parts';
import { DeviceFilterBar } from '@/parts/DeviceFilterBar';
import { qOf } from '@/parts/deviceFilters';
import { useText } from '@/texts';
import classes from '../Batch.module.css';
import { type Draft, type Kind, numbersOf } from './draft';
import { sheetOf } from './sheet';

export type PartProps = { draft: Draft; set: (change: Partial<Draft>) => void };

export function WhoPart({ draft, set }: PartProps) {
  const t = useText('batch');
  const kinds: Kind[] = draft.chosen.length > 0 ? ['chosen', 'devices', 'numbers', 'file'] : ['devices', 'numbers', 'file'];
  return (
    <fieldset className={classes.part}>
      <legend>{t('who')}</legend>
      <SegmentedControl
        aria-label={t('who')} fullWidth value={draft.kind}
        data={kinds.map((kind) => ({ value: kind, label: t(`kind.${kind}`) }))}
        onChange={(kind) => set({ kind: kind as Kind })}
      />
      {draft.kind === 'chosen' && (
        <div className={classes.given}>{t('chosen', { count: draft.chosen.length, number: formatNumber(draft.chosen.length) })}</div>
      )}
      {draft.kind === 'devices' && <ByFilter draft={draft} set={set} />}
      {draft.kind === 'numbers' && <Numbers draft={draft} set={set} />}
      {draft.kind === 'file' && <ByFile draft={draft} set={set} />}
    </fieldset>
  );
}

function ByFilter({ draft, set }: PartProps) {
  const t = useText('batch');
  const q = qOf(draft.filters);
  const found = usePage('/v1/endpoint', { query: { ...(q ? { q } : {}), per_page: 3 } });
  const total = found.data?.total;
  const number = formatNumber(total ?? 0);
  return (
    <div className={classes.filter}>
      <DeviceFilterBar filters={draft.filters} onChange={(filters) => set({ filters })} />
      <div className={classes.matched} role="status">
        {total === undefined ? '\u2007' : <StateBadge tone={total > 0 ? 'good' : 'wait'}>{q ? t('matched', { count: total, number }) : t('everyone', { count: total, number })}</StateBadge>}
      </div>
    </div>
  );
}

function Numbers({ draft, set }: PartProps) {
  const t = useText('batch');
  const count = numbersOf(draft.numbers).length;
  return (
    <Textarea
      label={t('numbers')} description={t('numbersAbout')} autosize minRows={4} maxRows={12} inputMode="tel" placeholder="+49 151 2345678"
      value={draft.numbers} onChange={(event) => set({ numbers: event.currentTarget.value })}
      inputWrapperOrder={['label', 'input', 'description']}
      rightSection={count > 0 ? <span className={classes.dim}>{formatNumber(count)}</span> : undefined}
    />
  );
}

function ByFile({ draft, set }: PartProps) {
  const t = useText('batch');
  const { sheet } = draft;
  const read = async (file: File | null) => {
    if (file !== null) set({ sheet: sheetOf(file.name, await file.text()) });
  };
  return (
    <div className={classes.given}>
      <FileButton accept=".csv,.tsv,.txt,text/csv" onChange={(file) => void read(file)} inputProps={{ 'aria-label': t('chooseFile') }}>
        {(props) => (
          <Button {...props} variant="default">
            {t('chooseFile')}
          </Button>
        )}
      </FileButton>
      {sheet === null && <span className={classes.dim}>{t('fileAbout')}</span>}
      {sheet !== null && 'wrong' in sheet && <StateBadge tone="bad">{t(`wrong.${sheet.wrong}`)}</StateBadge>}
      {sheet !== null && 'rows' in sheet && (
        <span role="status">
          {t('fileRows', { count: sheet.rows.length, number: formatNumber(sheet.rows.length), file: sheet.name, column: sheet.who.column })}
          {sheet.bad.length > 0 && ` ${t('fileBad', { count: sheet.bad.length, lines: sheet.bad.slice(0, 5).join(', ') })}`}
        </span>
      )}
    </div>
  );
}
