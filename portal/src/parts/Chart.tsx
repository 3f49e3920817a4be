// Numbers over time, by uPlot, which is fetched when the first chart is shown.
import { useMantineColorScheme } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { useEffect, useRef, useState } from 'react';
import type uPlot from 'uplot';
import { language } from '@/texts';

export type Line = { label: string; tone: 'accent' | 'good' | 'wait' | 'bad' | 'info' | 'off'; values: readonly (number | null)[]; fill?: boolean };
/** `times` in milliseconds, one for each value. `label` is what a screen reader says. */
type Props = { label: string; times: readonly number[]; lines: readonly Line[]; height?: number };

const color = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const ofTone = (tone: Line['tone']): string => color(tone === 'accent' ? '--accent' : `--tone-${tone}`);
const dataOf = (times: readonly number[], lines: readonly Line[]): uPlot.AlignedData => [
  times.map((time) => time / 1000),
  ...lines.map((line) => [...line.values]),
];

function optionsOf(lines: readonly Line[], width: number, height: number): uPlot.Options {
  const axis: uPlot.Axis = {
    stroke: color('--mantine-color-dimmed'),
    grid: { stroke: color('--line'), width: 1 },
    ticks: { show: false },
    font: '11px system-ui, sans-serif',
  };
  const clock = new Intl.DateTimeFormat(language(), { hour: '2-digit', minute: '2-digit' });
  return {
    width,
    height,
    cursor: { y: false, points: { size: 6 } },
    scales: { y: { range: (_, __, most) => [0, Math.max(4, most * 1.1)] } },
    axes: [
      { ...axis, grid: { show: false }, values: (_, splits) => splits.map((at) => clock.format(at * 1000)) },
      { ...axis, size: 44, values: (_, splits) => splits.map((value) => value.toLocaleString(language())) },
    ],
    series: [
      { label: '', value: (_, at) => (at === null || at === undefined ? '' : clock.format(at * 1000)) },
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
  const names = lines.map((line) => `${line.label}${line.tone}`).join();
  useEffect(() => {
    void Promise.all([import('uplot'), import('uplot/dist/uPlot.min.css')]).then(([module]) => setMade(() => module.default));
  }, []);
  useEffect(() => {
    const at = box.current;
    if (Made === null || at === null || width === 0) return;
    const made = new Made(optionsOf(lines, width, height - 30), dataOf(times, lines), at);
    plot.current = made;
    return () => {
      made.destroy();
      plot.current = null;
    };
    // What it shows is set below: only its shape makes it anew.
  }, [Made, width, height, names, colorScheme]);
  useEffect(() => plot.current?.setData(dataOf(times, lines)), [times, lines]);
  return (
    <div
      ref={(at) => {
        box.current = at;
        return sized(at);
      }}
      role="img" aria-label={label}
      style={{ height, overflow: 'hidden' }}
    />
  );
}
