// What would become of it: how many, what it comes to, three texts as they would read, and who would be refused.
import { Button } from '@mantine/core';
import { IconSend } from '@tabler/icons-react';
import type { Problem } from '@/api';
import { ErrorNote, Stat, formatDuration, formatNumber } from '@/parts';
import { useText } from '@/texts';
import classes from '../Batch.module.css';
import { type Draft, lastsMs } from './draft';
import type { Previewed } from './usePreview';

type Props = { draft: Draft; shown: Previewed | undefined; problem: Problem | null; isReady: boolean; isSending: boolean; send: () => void };

export function Preview({ draft, shown, problem, isReady, isSending, send }: Props) {
  const t = useText('batch');
  const accepted = shown?.accepted ?? 0;
  const lasts = lastsMs(draft, accepted);
  return (
    <section className={classes.preview} aria-label={t('preview')}>
      <h2 className={classes.heading}>{t('preview')}</h2>
      <div className={classes.numbers} aria-busy={!isReady}>
        <Stat label={t('recipients')} value={shown ? formatNumber(accepted) : '–'} hint={shown && lasts > 0 ? t('lasts', { time: formatDuration(lasts) }) : undefined} />
        <Stat label={t('refused')} value={shown ? formatNumber(shown.refused) : '–'} tone={shown && shown.refused > 0 ? 'bad' : undefined} />
        <Stat label={t('segments')} value={shown ? formatNumber(shown.segments) : '–'} />
        <Stat label={t('cost')} value={shown ? formatNumber(shown.cost, { minimumFractionDigits: 2, maximumFractionDigits: 4 }) : '–'} />
      </div>
      <ErrorNote problem={problem} />
      {shown?.examples.map((one) => (
        <div key={one.number} className={classes.example}>
          <span className={classes.to}>
            <span>{one.recipient}</span>
            <span>
              {`${t('partCount', { count: one.segments })} · ${one.encoding}`}
            </span>
          </span>
          <p className={classes.bubble}>{one.payload}</p>
        </div>
      ))}
      {!shown && !problem && <p className={classes.dim}>{t('previewAbout')}</p>}
      {shown && shown.refusals.length > 0 && (
        <ul className={classes.refusals} aria-label={t('refused')}>
          {shown.refusals.map((one) => (
            <li key={one.code}>
              <strong>{formatNumber(one.count)}</strong>
              <span>{t('refusedAs', { recipient: one.recipient, reason: one.refusal.reason })}</span>
            </li>
          ))}
        </ul>
      )}
      <Button leftSection={<IconSend size={14} stroke={1.5} />} disabled={!isReady || accepted === 0} loading={isSending} onClick={send} fullWidth size="sm">
        {accepted > 0 ? t(draft.start ? 'scheduleTo' : 'sendTo', { count: accepted, number: formatNumber(accepted) }) : t('send')}
      </Button>
    </section>
  );
}
