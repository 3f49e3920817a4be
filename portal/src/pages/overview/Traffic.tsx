// Messages over time, by outcome or by direction.
import { SegmentedControl } from '@mantine/core';
import { useMemo, useState } from 'react';
import { Chart, type Line, formatNumber, readTime } from '@/parts';
import { type Say, useText } from '@/texts';
import classes from './Overview.module.css';
import { type Outcome, type Period, type Point, type Seen, sumOf } from './useOverview';

const SPLITS = ['outcome', 'direction'] as const;
type Split = (typeof SPLITS)[number];
const ALL: readonly Outcome[] = ['delivered', 'failed', 'expired', 'canceled', 'waiting'];
const HEIGHT = 260;

export function Traffic({ seen, period }: { seen: Seen | undefined; period: Period }) {
  const t = useText('overview');
  const [split, setSplit] = useState<Split>('outcome');
  const times = useMemo(() => seen?.series.map((point) => readTime(point.at)) ?? [], [seen]);
  const lines = useMemo(() => (split === 'outcome' ? byOutcome : byDirection)(seen?.series ?? [], t), [seen, split, t]);
  return (
    <section className={classes.section} aria-label={t(`traffic.${period}`)}>
      <div className={classes.above}>
        <h2 className={classes.heading}>{t(`traffic.${period}`)}</h2>
        <SegmentedControl
          aria-label={t('split')}
          data={SPLITS.map((value) => ({ value, label: t(`by.${value}`) }))}
          value={split}
          onChange={(value) => setSplit(value as Split)}
        />
      </div>
      <div className={classes.chart} style={{ minHeight: HEIGHT }}>
        {seen && <Chart label={spoken(lines, t)} times={times} lines={lines} height={HEIGHT} />}
      </div>
    </section>
  );
}

function byOutcome(series: readonly Point[], t: Say): Line[] {
  const of = (...outcomes: Outcome[]) => series.map((point) => sumOf(point, ...outcomes));
  const canceled = of('canceled');
  const lines: Line[] = [
    { label: t('outcome.delivered'), tone: 'good', values: of('delivered'), fill: true },
    { label: t('outcome.waiting'), tone: 'wait', values: of('waiting') },
    { label: t('outcome.failed'), tone: 'bad', values: of('failed', 'expired') },
  ];
  // It is rare: without any there is no line for it.
  return canceled.some(Boolean) ? [...lines, { label: t('outcome.canceled'), tone: 'off', values: canceled }] : lines;
}

function byDirection(series: readonly Point[], t: Say): Line[] {
  const of = (way: 'mt' | 'mo' | 'p2p') => series.map((point) => ALL.reduce((sum, outcome) => sum + point[way][outcome], 0));
  return [
    { label: t('way.mt'), tone: 'accent', values: of('mt'), fill: true },
    { label: t('way.mo'), tone: 'good', values: of('mo') },
    { label: t('way.p2p'), tone: 'wait', values: of('p2p') },
  ];
}

/** What the picture shows, for whoever does not see it. */
const spoken = (lines: readonly Line[], t: Say): string =>
  t('chart', {
    numbers: lines
      .map((line) => `${line.label} ${formatNumber(line.values.reduce<number>((sum, value) => sum + (value ?? 0), 0))}`)
      .join(', '),
  });
