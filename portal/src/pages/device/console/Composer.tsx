// Where an SMS is written. Enter sends, Shift+Enter breaks the line; from an empty field, up goes to the conversation.
import { ActionIcon, Autocomplete, Button, Textarea, TextInput, Tooltip } from '@mantine/core';
import { IconArrowUp, IconHexagon, IconX } from '@tabler/icons-react';
import { type KeyboardEvent, type RefObject, useState } from 'react';
import { Time } from '@/parts';
import { useText } from '@/texts';
import classes from './Composer.module.css';
import { Counter } from './Counter';
import { Keys } from './Keys';
import { Schedule } from './Schedule';
import { Templates } from './Templates';
import type { Checked, Draft } from './useDraft';

type Props = {
  device: number;
  draft: Draft;
  check: Checked;
  change: (part: Partial<Draft>) => void;
  send: () => void;
  toLog: () => void;
  sources: string[];
  field: RefObject<HTMLTextAreaElement | null>;
};
type Open = 'templates' | 'schedule' | null;

export function Composer({ device, draft, check, change, send, toLog, sources, field }: Props) {
  const t = useText('device');
  const [open, setOpen] = useState<Open>(null);
  const isReady = check.isGood && (draft.at === null || draft.at > 0);
  const focus = () => requestAnimationFrame(() => field.current?.focus());
  const toggleHex = () => {
    change({ isHex: !draft.isHex });
    focus();
  };
  const press = (event: KeyboardEvent) => {
    if (event.altKey && event.code === 'KeyT') setOpen('templates');
    else if (event.altKey && event.code === 'KeyS') setOpen('schedule');
    else if (event.altKey && event.code === 'KeyX') toggleHex();
    else return;
    event.preventDefault();
  };
  const pressInText = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      if (isReady) send();
    } else if (event.key === 'ArrowUp' && draft.text === '') {
      event.preventDefault();
      toLog();
    }
  };
  const show = (index: number) => {
    const before = [...draft.text].slice(0, index).join('').length;
    const length = [...draft.text][index]?.length ?? 1;
    field.current?.focus();
    field.current?.setSelectionRange(before, before + length);
  };
  return (
    <form
      className={classes.composer}
      aria-label={t('compose.title')}
      onKeyDown={press}
      onSubmit={(event) => {
        event.preventDefault();
        // Forms in the popovers bubble to here as well.
        if (isReady && event.target === event.currentTarget) send();
      }}
    >
      <div className={classes.box}>
        <Textarea
          ref={field}
          variant="unstyled"
          autosize
          minRows={1}
          maxRows={8}
          className={draft.isHex ? classes.hexText : classes.text}
          aria-label={t(draft.isHex ? 'compose.hex' : 'compose.text')}
          placeholder={t(draft.isHex ? 'compose.hexHint' : 'compose.textHint')}
          value={draft.text}
          onChange={(event) => change({ text: event.currentTarget.value })}
          onKeyDown={pressInText}
          spellCheck={!draft.isHex}
          autoFocus={window.matchMedia('(hover: hover)').matches}
        />
        <div className={classes.bar}>
          <Autocomplete
            className={classes.source}
            variant="unstyled"
            size="xs"
            aria-label={t('compose.source')}
            placeholder={t('compose.sourceHint')}
            leftSection={<span className={classes.from}>{t('compose.from')}</span>}
            leftSectionWidth={44}
            leftSectionPointerEvents="none"
            data={sources}
            value={draft.source}
            onChange={(source) => change({ source })}
            maxLength={21}
          />
          {draft.isHex && (
            <TextInput
              className={classes.udh}
              variant="unstyled"
              size="xs"
              aria-label={t('compose.udh')}
              placeholder={t('compose.udhHint')}
              value={draft.udh}
              onChange={(event) => change({ udh: event.currentTarget.value })}
            />
          )}
          <div className={classes.tools}>
            <Templates
              device={device}
              draft={draft}
              opened={open === 'templates'}
              onOpen={(opened) => setOpen(opened ? 'templates' : null)}
              fill={(part) => {
                change(part);
                focus();
              }}
            />
            <Schedule
              at={draft.at}
              opened={open === 'schedule'}
              onOpen={(opened) => setOpen(opened ? 'schedule' : null)}
              set={(at) => {
                change({ at });
                focus();
              }}
            />
            <Tooltip label={t('compose.hexMode')}>
              <ActionIcon
                aria-label={t('compose.hexMode')}
                aria-pressed={draft.isHex}
                aria-keyshortcuts="Alt+X"
                variant={draft.isHex ? 'filled' : 'subtle'}
                color={draft.isHex ? undefined : 'gray'}
                onClick={toggleHex}
              >
                <IconHexagon size={16} stroke={1.5} />
              </ActionIcon>
            </Tooltip>
            <Keys />
          </div>
          <Button type="submit" className={classes.send} disabled={!isReady} leftSection={<IconArrowUp size={14} stroke={2} />}>
            {t(draft.at === null ? 'compose.send' : 'compose.schedule')}
          </Button>
        </div>
      </div>
      <div className={classes.foot}>
        {draft.at !== null && (
          <span className={classes.scheduled}>
            {t('schedule.goes')} <Time at={draft.at} exact options={{ dateStyle: 'medium', timeStyle: 'short' }} />
            <ActionIcon size="xs" aria-label={t('schedule.remove')} onClick={() => change({ at: null })}>
              <IconX size={12} stroke={1.5} />
            </ActionIcon>
          </span>
        )}
        <Counter check={check} show={show} />
      </div>
    </form>
  );
}
