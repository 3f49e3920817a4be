// Numbers over time, by uPlot, which is fetched when the first chart is shown.
import { useMantineColorScheme } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { useEffect, useRef, useState } from 'react';
import type uPlot from 'uplot';
import { language } from '@/texts';
import classes from './Chart.module.css';

export type Line = { label: string; tone: 'accent' | 'good' | 'wait' | 'bad' | 'info' | 'off'; values: readonly (number | null)[]; fill?: boolean };
/** `times` in milliseconds, one for each value. `label` is what a screen reader says. */
type Props = { label: string; times: readonly number[]; lines: readonly Line[]; height?: number };

const color = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const ofTone = (tone: Line['tone']): string => color(tone === 'accent' ? '--accent' : `--tone-${tone}`);
const dataOf = (times: readonly number[], lines: readonly Line[]): uPlot.AlignedData => [
  times.map((time) => time / 1000),
  ...lines.map((line) => [...line.values]),
];

const LEGEND = 28; // px
const LONG_SECONDS = 36 * 3600; // from then on an hour alone does not say when

function clockOf(seconds: number): Intl.DateTimeFormat {
  const hour = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
  return new Intl.DateTimeFormat(language(), seconds > LONG_SECONDS ? { ...hour, weekday: 'short' } : hour);
}

const spanOf = ({ scales }: uPlot): number => (scales['x']?.max ?? 0) - (scales['x']?.min ?? 0);

type Pointed = (index: number | null) => void;

function optionsOf(lines: readonly Line[], width: number, height: number, pointed: Pointed): uPlot.Options {
  const axis: uPlot.Axis = {
    stroke: color('--mantine-color-dimmed'),
    grid: { stroke: color('--line'), width: 1 },
    ticks: { show: false },
    font: '11px system-ui, sans-serif',
  };
  return {
    width,
    height,
    padding: [8, 4, 0, 0],
    legend: { show: false },
    cursor: { y: false, points: { size: 6 }, drag: { x: false, y: false } },
    hooks: { setCursor: [({ cursor }) => pointed(cursor.idx ?? null)] },
    scales: { y: { range: (_, __, most) => [0, Math.max(4, most * 1.1)] } },
    axes: [
      {
        ...axis,
        size: 28,
        space: (plot) => (spanOf(plot) > LONG_SECONDS ? 90 : 60),
        grid: { show: false },
        values: (plot, splits) => splits.map((at) => clockOf(spanOf(plot)).format(at * 1000)),
      },
      { ...axis, size: 44, values: (_, splits) => splits.map((value) => value.toLocaleString(language())) },
    ],
    series: [
      {},
      ...lines.map((line) => ({
        label: line.label,
        stroke: ofTone(line.tone),
        width: 1.5,
        points: { show: false },
        ...(line.fill ? { fill: `${ofTone(line.tone)}1a` } : {}),
      })),
    ],
  };
}

export function Chart({ label, times, lines, height = 220 }: Props) {
  const { ref: sized, width } = useElementSize<HTMLDivElement>();
  const box = useRef<HTMLDivElement | null>(null);
  const { colorScheme } = useMantineColorScheme();
  const plot = useRef<uPlot | null>(null);
  const [Made, setMade] = useState<{ new (options: uPlot.Options, data: uPlot.AlignedData, at: HTMLElement): uPlot } | null>(null);
  const [pointedAt, point] = useState<number | null>(null);
  const names = lines.map((line) => `${line.label}${line.tone}`).join();
  useEffect(() => {
    void Promise.all([import('uplot'), import('uplot/dist/uPlot.min.css')]).then(([module]) => setMade(() => module.default));
  }, []);
  useEffect(() => {
    const at = box.current;
    if (Made === null || at === null || width === 0) return;
    const made = new Made(optionsOf(lines, width, height - LEGEND, point), dataOf(times, lines), at);
    plot.current = made;
    return () => {
      made.destroy();
      plot.current = null;
    };
    // What it shows is set below: only its shape makes it anew.
  }, [Made, width, height, names, colorScheme]);
  useEffect(() => plot.current?.setData(dataOf(times, lines)), [times, lines]);
  return (
    <div style={{ height }} className={classes.chart}>
      <Legend lines={lines} times={times} at={pointedAt} />
      <div
        ref={(at) => {
          box.current = at;
          return sized(at);
        }}
        role="img" aria-label={label}
        className={classes.plot}
      />
    </div>
  );
}

/** What each line is, and under the pointer also how much. */
function Legend({ lines, times, at }: { lines: readonly Line[]; times: readonly number[]; at: number | null }) {
  const time = at === null ? undefined : times[at];
  return (
    <div className={classes.legend} aria-hidden>
      {lines.map((line) => (
        <span key={line.label} className={classes.name}>
          <span className={classes.swatch} style={{ background: line.tone === 'accent' ? 'var(--accent)' : `var(--tone-${line.tone})` }} />
          {line.label}
          {time !== undefined && at !== null && <b>{(line.values[at] ?? 0).toLocaleString(language())}</b>}
        </span>
      ))}
      {time !== undefined && <span className={classes.when}>{clockOf((times[times.length - 1] ?? 0) / 1000 - (times[0] ?? 0) / 1000).format(time)}</span>}
    </div>
  );
}
