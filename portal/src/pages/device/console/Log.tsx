// The conversation. The newest is at the bottom and stays there; older ones come when somebody scrolls up.
import { Button, Loader } from '@mantine/core';
import { IconArrowDown, IconMessageCircle } from '@tabler/icons-react';
import { type KeyboardEvent, type RefObject, type UIEvent, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import type { EndpointShown, SmsBody, SmsObject } from '@/api/schema';
import { EmptyPage, ErrorNote, absolute, readTime } from '@/parts';
import { useText } from '@/texts';
import { type Acts, Bubble } from './Bubble';
import classes from './Console.module.css';
import { Sending } from './Sending';
import { isCancelable, isFromDevice } from './sms';
import type { Chat } from './useChat';
import type { Outgoing } from './useSending';

const NEAR_END_PX = 400;
const AT_BOTTOM_PX = 60;

type Props = {
  device: EndpointShown;
  chat: Chat;
  outgoing: readonly Outgoing[];
  acts: Acts;
  box: RefObject<HTMLDivElement | null>;
  sending: { retry: (one: Outgoing) => void; drop: (key: string) => void; edit: (body: SmsBody) => void };
  toField: () => void;
};

export function Log({ device, chat, outgoing, acts, box, sending, toField }: Props) {
  const t = useText('device');
  const [active, setActive] = useState<number | null>(null);
  const [isUp, setUp] = useState(false);
  const rows = useMemo(() => [...(chat.rows ?? [])].reverse(), [chat.rows]);
  const newest = rows.at(-1)?.id ?? null;
  const unseen = useUnseen(newest, isUp);
  const press = useKeys(rows, device.id, acts, toField);
  const { older, isFetching } = chat;
  const scrolled = (event: UIEvent<HTMLDivElement>) => {
    const { scrollTop, scrollHeight, clientHeight } = event.currentTarget; // bottom up: 0 is the bottom
    setUp(-scrollTop > AT_BOTTOM_PX);
    if (older && !isFetching && scrollHeight - clientHeight + scrollTop < NEAR_END_PX) older();
  };
  const isEmpty = chat.rows?.length === 0 && outgoing.length === 0;
  return (
    <div className={classes.frame}>
      <div ref={box} className={classes.scroll} onScroll={scrolled} tabIndex={-1}>
        <div className={classes.inner}>
          {older && (
            <Button variant="subtle" color="gray" className={classes.older} onClick={older} disabled={isFetching}>
              {isFetching ? <Loader size={14} /> : t('chat.older')}
            </Button>
          )}
          <ErrorNote problem={chat.error} retry={chat.retry} />
          {isEmpty && (
            <EmptyPage Icon={IconMessageCircle} title={t('chat.none')} text={t(acts.maySend ? 'chat.noneAbout' : 'chat.noneLook')} />
          )}
          <div role="log" aria-label={t('chat.title')} aria-busy={chat.rows === undefined} aria-relevant="additions">
            <ol className={classes.list} onKeyDown={press} onFocus={(event) => setActive(smsOf(event.target) ?? active)}>
              {rows.map((sms, at) => (
                <Item key={sms.id} before={rows[at - 1]} sms={sms}>
                  <Bubble sms={sms} device={device.id} isActive={sms.id === (active ?? newest)} acts={acts} />
                </Item>
              ))}
              {outgoing.map((one) => (
                <Sending key={one.key} one={one} {...sending} />
              ))}
            </ol>
          </div>
        </div>
      </div>
      {isUp && (
        <Button
          size="compact-sm"
          variant={unseen ? 'filled' : 'default'}
          className={classes.down}
          leftSection={<IconArrowDown size={14} stroke={1.5} />}
          onClick={() => box.current?.scrollTo({ top: 0 })}
        >
          {t(unseen ? 'chat.newBelow' : 'chat.toNewest')}
        </Button>
      )}
    </div>
  );
}

const smsOf = (target: EventTarget): number | null => {
  const id = (target as HTMLElement).closest<HTMLElement>('[data-sms]')?.dataset.sms;
  return id === undefined ? null : Number(id);
};

/** With the day above it where a new one begins. */
function Item({ before, sms, children }: { before: SmsObject | undefined; sms: SmsObject; children: React.ReactNode }) {
  const day = dayOf(sms);
  const isNew = before === undefined || dayOf(before) !== day;
  return (
    <>
      {isNew && (
        <li className={classes.day}>
          <span>{day}</span>
        </li>
      )}
      {children}
    </>
  );
}

const dayOf = (sms: SmsObject): string => absolute(readTime(sms.submit_date), { weekday: 'long', day: 'numeric', month: 'long' });

/** Did something come while the reader was further up? */
function useUnseen(newest: number | null, isUp: boolean): boolean {
  const seen = useRef(newest);
  useEffect(() => {
    if (!isUp) seen.current = newest;
  }, [newest, isUp]);
  return isUp && seen.current !== newest;
}

/** Up and down go from one to the next; letters act on the one that has the focus. */
function useKeys(rows: readonly SmsObject[], device: number, acts: Acts, toField: () => void) {
  const [, go] = useLocation();
  return useCallback(
    (event: KeyboardEvent) => {
      const id = smsOf(event.target);
      const at = rows.findIndex((sms) => sms.id === id);
      const sms = rows[at];
      if (sms === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
      const isOurs = !isFromDevice(sms, device) && acts.maySend;
      const focus = (index: number) => {
        const next = rows[index];
        if (next) event.currentTarget.querySelector<HTMLElement>(`[data-sms="${next.id}"]`)?.focus();
        else if (index >= rows.length) toField();
      };
      const keys: Record<string, () => void> = {
        ArrowUp: () => focus(at - 1),
        ArrowDown: () => focus(at + 1),
        Home: () => focus(0),
        End: () => focus(rows.length - 1),
        Escape: toField,
        t: () => go(`/messages/${sms.id}`),
        ...(isOurs && sms.payload !== null ? { r: () => acts.again(sms), e: () => acts.edit(sms) } : {}),
        ...(isOurs && isCancelable(sms) ? { c: () => void acts.cancel(sms), Delete: () => void acts.cancel(sms) } : {}),
      };
      const act = keys[event.key];
      if (act === undefined) return;
      event.preventDefault();
      act();
    },
    [rows, device, acts, toField, go],
  );
}
