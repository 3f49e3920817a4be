// How far a batch is: a bar of what became of its recipients, and its state.
import type { Answer, Row } from '@/api';
import { useText } from '@/texts';
import classes from './BatchProgress.module.css';
import { StateBadge, type Tone } from './StateBadge';
import { formatNumber, formatPercent } from './times';

export type BatchSeen = Row<Answer<'get', '/v1/batch'>>;
type Part = { key: string; tone: Tone; count: number };

/** What became of whom, in the order of the bar. `waiting` is what is left. */
export function partsOf(batch: BatchSeen): Part[] {
  const of = (...names: string[]) => names.reduce((sum, name) => sum + (batch.counts[name] ?? 0), 0);
  return [
    { key: 'delivered', tone: 'good', count: of('DELIVERED') },
    { key: 'failed', tone: 'bad', count: of('FAILED') },
    { key: 'expired', tone: 'bad', count: of('EXPIRED') },
    { key: 'refused', tone: 'bad', count: batch.refused },
    { key: 'canceled', tone: 'off', count: of('CANCELED') },
    { key: 'waiting', tone: 'wait', count: of('PENDING', 'IN_PROGRESS', 'IN PROGRESS', 'BUFFERED') },
  ];
}

const doneOf = (batch: BatchSeen): number => (batch.total === 0 ? 1 : (batch.final + batch.refused) / batch.total);

export function BatchProgress({ batch, legend = false }: { batch: BatchSeen; legend?: boolean }) {
  const t = useText('batches');
  const parts = partsOf(batch).filter((part) => part.count > 0);
  const done = Math.min(1, doneOf(batch));
  return (
    <div className={classes.progress} data-large={legend || undefined}>
      <span className={classes.line}>
        <span className={classes.bar} role="progressbar" aria-label={t('progress')} aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.floor(done * 100)}>
          {parts.filter((part) => part.key !== 'waiting').map((part) => (
            <span key={part.key} data-tone={part.tone} style={{ width: `${(part.count / Math.max(1, batch.total)) * 100}%` }} />
          ))}
        </span>
        <span className={classes.share}>{formatPercent(Math.floor(done * 100) / 100)}</span>
      </span>
      {legend && (
        <span className={classes.legend}>
          {parts.map((part) => (
            <StateBadge key={part.key} tone={part.tone}>
              {t(`part.${part.key}`)} <strong>{formatNumber(part.count)}</strong>
            </StateBadge>
          ))}
        </span>
      )}
    </div>
  );
}

const TONES: Record<string, Tone> = { ACCEPTING: 'info', RUNNING: 'info', PAUSED: 'wait', CANCELED: 'off', INTERRUPTED: 'bad', FINISHED: 'good' };

export function BatchState({ state }: { state: BatchSeen['state'] }) {
  const t = useText('batches');
  return <StateBadge tone={TONES[state.description] ?? 'off'}>{t(`states.${state.description}`)}</StateBadge>;
}
