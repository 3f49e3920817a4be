// The SMS console: a conversation with one device, live.
import { useCallback, useMemo, useRef } from 'react';
import { asProblem, call, useMay } from '@/api';
import type { EndpointShown, SmsBody, SmsObject } from '@/api/schema';
import { notifyProblem } from '@/parts';
import { useText } from '@/texts';
import type { Acts } from './Bubble';
import { Composer } from './Composer';
import classes from './Console.module.css';
import { Log } from './Log';
import { againBody, isBinary, isFromDevice } from './sms';
import { useChat } from './useChat';
import { draftOf, rememberSource, rememberedSource, useDraft } from './useDraft';
import { useSending } from './useSending';

const MOST_SOURCES = 6;

export function Console({ device }: { device: EndpointShown }) {
  const t = useText('device');
  const maySend = useMay('sms:send');
  const chat = useChat(device.id, device.sim?.msisdn ?? null);
  const { outgoing, send, retry, drop } = useSending(device.id, chat.put);
  const { draft, change, check } = useDraft(device.id);
  const field = useRef<HTMLTextAreaElement>(null);
  const log = useRef<HTMLDivElement>(null);
  const sources = useMemo(() => sourcesOf(chat.rows ?? [], device.id), [chat.rows, device.id]);
  const toField = useCallback(() => field.current?.focus(), []);
  const toLog = useCallback(() => [...(log.current?.querySelectorAll<HTMLElement>('[data-sms]') ?? [])].at(-1)?.focus(), []);
  const edit = useCallback(
    (body: SmsBody) => {
      change(draftOf(body));
      requestAnimationFrame(toField);
    },
    [change, toField],
  );
  const { put } = chat;
  const acts = useMemo<Acts>(
    () => ({
      maySend,
      cancel: (sms) => cancel(device.id, sms, put),
      again: (sms) => send(againBody(sms)),
      edit: (sms) => edit({ ...againBody(sms), ...(isBinary(sms.dcs) ? { dcs: 4 } : {}) }),
    }),
    [maySend, device.id, put, send, edit],
  );
  const go = () => {
    if (rememberedSource(device.id) !== draft.source) rememberSource(device.id, draft.source);
    send(check.body);
    change({ text: '', udh: '', at: null });
    log.current?.scrollTo({ top: 0 });
  };
  return (
    <section className={classes.console} aria-label={t('chat.title')}>
      <Log
        device={device}
        chat={chat}
        outgoing={outgoing}
        acts={acts}
        box={log}
        sending={{ retry, drop, edit }}
        toField={toField}
      />
      {maySend && (
        <Composer
          device={device.id}
          draft={draft}
          check={check}
          change={change}
          send={go}
          toLog={toLog}
          sources={sources}
          field={field}
        />
      )}
    </section>
  );
}

async function cancel(endpoint: number, sms: SmsObject, put: (news: readonly SmsObject[]) => void): Promise<void> {
  try {
    put([(await call('delete', '/v1/endpoint/{endpoint}/sms/{sms}', { params: { path: { endpoint, sms: sms.id } } })).data]);
  } catch (thrown) {
    notifyProblem(asProblem(thrown));
  }
}

/** Senders that this device has heard of, and those that it writes to. */
function sourcesOf(rows: readonly SmsObject[], device: number): string[] {
  const all = rows
    .filter((sms) => sms.direction !== 'P2P')
    .map((sms) => (isFromDevice(sms, device) ? sms.dest_address : sms.source_address));
  return [...new Set(all.filter(Boolean))].slice(0, MOST_SOURCES);
}
