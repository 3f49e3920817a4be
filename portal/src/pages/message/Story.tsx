// What happened, as a picture on a time axis and, below it, in sentences. A step under the pointer shows in both.
import { useState } from 'react';
import type { Answer, Problem } from '@/api';
import { ErrorNote, Time, formatDuration, readTime, useNow } from '@/parts';
import { useText } from '@/texts';
import { type Axis, type Step, axisOf, toneOf } from './axis';
import classes from './Message.module.css';

type Props = {
  steps: Answer<'get', '/v1/sms/{sms}/timeline'> | undefined;
  problem: Problem | null;
  /** As it ended; undefined: it has not. */
  ended: 'well' | 'badly' | undefined;
};

// What a duration needs to be written, of the width of a window and of a phone.
const ROOM = 0.07;
const ROOM_ON_PHONE = 0.17;

export function Story({ steps, problem, ended }: Props) {
  const t = useText('message');
  const now = useNow();
  const [chosen, choose] = useState<number | null>(null);
  if (problem !== null && steps === undefined) return <ErrorNote problem={problem} />;
  const known = (steps ?? []).map((step) => ({ ...step, at: step.date === null ? null : readTime(step.date) }));
  const axis = axisOf(known, Math.max(now, known.at(-1)?.at ?? 0), ended === 'well');
  return (
    <section aria-label={t('story')} className={classes.section}>
      <h2 className={classes.heading}>{t('story')}</h2>
      {axis.steps.length > 1 && <Picture axis={axis} chosen={chosen} choose={choose} />}
      <ol className={classes.steps}>
        {known.map((step, index) => (
          <li
            key={`${index}${step.code}`}
            className={classes.step}
            data-tone={toneOf(step, ended === 'well')}
            data-chosen={chosen === index || undefined}
            onPointerEnter={() => choose(index)}
            onPointerLeave={() => choose(null)}
          >
            <span className={classes.dot} aria-hidden />
            <span className={classes.when}>{step.at === null ? t(ended ? 'still' : 'now') : <Time at={step.at} exact options={CLOCK} />}</span>
            <span className={classes.since}>{sinceFirst(known, step)}</span>
            <span className={classes.told}>{step.text}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}

const CLOCK: Intl.DateTimeFormatOptions = { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit' };

function sinceFirst(steps: readonly Step[], step: Step): string {
  const began = steps[0]?.at;
  if (began === undefined || began === null || step.at === null || step.at <= began) return '';
  return `+${formatDuration(step.at - began)}`;
}

type Pictured = { axis: Axis; chosen: number | null; choose: (index: number | null) => void };

/** The sentences below say the same, so it is hidden from those who hear the page. */
function Picture({ axis, chosen, choose }: Pictured) {
  const t = useText('message');
  const kinds = [...new Set(axis.spans.map((span) => span.kind))];
  return (
    <figure className={classes.picture} aria-hidden>
      <div className={classes.axis}>
        {axis.spans.map((span, index) => (
          <span
            key={index}
            className={classes.span}
            data-kind={span.kind}
            style={{ left: `${span.from * 100}%`, width: `${(span.to - span.from) * 100}%` }}
            title={`${t(`kind.${span.kind}`)}: ${formatDuration(span.ms)}`}
          >
            {span.to - span.from > ROOM && span.ms > 0 && <span className={classes.length} data-tight={span.to - span.from < ROOM_ON_PHONE || undefined}>{formatDuration(span.ms)}</span>}
          </span>
        ))}
        {axis.steps.map((step, index) => (
          <span
            key={index}
            className={classes.mark}
            data-tone={step.tone}
            data-chosen={chosen === index || undefined}
            style={{ left: `${step.place * 100}%` }}
            title={step.text}
            onPointerEnter={() => choose(index)}
            onPointerLeave={() => choose(null)}
          />
        ))}
      </div>
      <figcaption className={classes.legend}>
        {kinds.map((kind) => (
          <span key={kind} className={classes.key} data-kind={kind}>
            {t(`kind.${kind}`)}
          </span>
        ))}
      </figcaption>
    </figure>
  );
}
