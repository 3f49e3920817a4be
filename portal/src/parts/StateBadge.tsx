// A state: a dot and a word, so that nobody has to tell it by its colour.
import type { ReactNode } from 'react';
import { isSaid, useText } from '@/texts';
import classes from './StateBadge.module.css';

export type Tone = 'good' | 'wait' | 'bad' | 'info' | 'off';

export function StateBadge({ tone, children, title }: { tone: Tone; children: ReactNode; title?: string }) {
  return (
    <span className={classes.state} data-tone={tone} title={title}>
      <span className={classes.dot} aria-hidden />
      {children}
    </span>
  );
}

const TONES: Record<number, Tone> = { 1: 'wait', 2: 'info', 3: 'wait', 4: 'good', 5: 'bad', 6: 'bad', 7: 'off' };

/** Of an SMS: `status` as the API has it. */
export function SmsState({ status, reason }: { status: { id: number; description: string }; reason?: string | null }) {
  const t = useText('parts');
  const key = `sms.${status.id}`;
  return (
    <StateBadge tone={TONES[status.id] ?? 'off'} title={reason ?? undefined}>
      {isSaid('parts', key) ? t(`sms.${status.id}`) : status.description}
    </StateBadge>
  );
}
