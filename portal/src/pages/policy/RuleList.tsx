// Rules of one kind: a line for each, one more at the end, each may go.
import { ActionIcon, Button } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { type ReactNode, useRef } from 'react';
import { SettingsRow, SettingsSection } from '@/parts';
import { useText } from '@/texts';
import type { Content } from './content';
import { usePolicy } from './editing';
import classes from './Policy.module.css';

export type Lists = Pick<Content, 'allow' | 'block' | 'content' | 'windows' | 'rates'>;
type Props<K extends keyof Lists> = {
  name: K;
  title: string;
  about: string;
  none: string;
  add: string;
  most: number;
  fresh: () => Lists[K][number];
  render: (row: Lists[K][number], change: (more: Partial<Lists[K][number]>) => void, error: (field: string) => string | undefined, at: number) => ReactNode;
};

export function RuleList<K extends keyof Lists>(props: Props<K>) {
  const { name, title, about, none, add, most, fresh, render } = props;
  const t = useText('policy');
  const box = useRef<HTMLDivElement>(null);
  const { content, change, may, errors, has } = usePolicy();
  const rows: readonly Lists[K][number][] = content[name];
  const set = (next: readonly Lists[K][number][]) => change({ [name]: next });
  const addOne = () => {
    set([...rows, fresh()]);
    // Where the new line is, the hands should be.
    requestAnimationFrame(() => box.current?.querySelector<HTMLElement>('[data-rule]:last-of-type input')?.focus());
  };
  return (
    <SettingsSection
      title={title}
      about={about}
      action={
        may && rows.length < most ? (
          <Button variant="default" leftSection={<IconPlus size={14} stroke={1.5} aria-hidden />} onClick={addOne}>
            {add}
          </Button>
        ) : undefined
      }
    >
      <div ref={box} className={classes.rules} data-changed={has(name) || undefined} data-read={!may || undefined}>
        {rows.length === 0 && <SettingsRow><span className={classes.dim}>{none}</span></SettingsRow>}
        {rows.map((row, at) => (
          <div key={at} className={classes.rule} data-rule role="group" aria-label={t('firewall.rule', { title, number: at + 1 })}>
            {render(
              row,
              (more) => set(rows.map((one, index) => (index === at ? { ...one, ...more } : one))),
              (field) => errors[`${name}[${at}].${field}`] ?? errors[`${name}[${at}]`],
              at,
            )}
            {may && (
              <ActionIcon aria-label={t('firewall.remove', { number: at + 1 })} onClick={() => set(rows.filter((_, index) => index !== at))}>
                <IconX size={14} stroke={1.5} />
              </ActionIcon>
            )}
          </div>
        ))}
        {errors[name] !== undefined && <SettingsRow><span className={classes.bad} role="alert">{errors[name]}</span></SettingsRow>}
      </div>
    </SettingsSection>
  );
}
