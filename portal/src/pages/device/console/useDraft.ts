// What is being written: kept per device while the tab is open, its sender for good.
import { useCallback, useMemo, useState } from 'react';
import type { SmsBody } from '@/api/schema';
import { type Fit, countOctets, countText } from '@/sms/segments';

export type Draft = {
  /** Hexadecimal when `isHex`. */
  text: string;
  isHex: boolean;
  /** Hexadecimal, of 8-bit SMS. */
  udh: string;
  source: string;
  /** When it goes, in ms; null: at once. */
  at: number | null;
};

const OCTETS_DCS = 4;
const SOURCE = 'heliograph.source.';
const TEXT = 'heliograph.draft.';
const HEX = /^(?:[0-9a-f]{2})*$/i;

function kept(storage: Storage, key: string): string | null {
  try {
    return storage.getItem(key);
  } catch {
    return null; // storage is switched off
  }
}

function keep(storage: Storage, key: string, value: string): void {
  try {
    storage.setItem(key, value);
  } catch {
    // Then it lasts as long as the page.
  }
}

export const rememberedSource = (device: number): string | null => kept(localStorage, SOURCE + device);
export const rememberSource = (device: number, source: string): void => keep(localStorage, SOURCE + device, source);

const bare = (hex: string): string => hex.replace(/[\s:,-]|0x/gi, '');

export type Checked = { fit: Fit; isGood: boolean; wrong: 'hex' | 'udh' | 'long' | null; body: SmsBody };

/** What would be sent, and how long it is. */
export function checked(draft: Draft): Checked {
  const payload = draft.isHex ? bare(draft.text) : draft.text;
  const udh = draft.isHex ? bare(draft.udh) : '';
  const fit = draft.isHex ? countOctets(Math.ceil(payload.length / 2), Math.ceil(udh.length / 2)) : countText(payload);
  const isUdhGood = udh === '' || (HEX.test(udh) && Number.parseInt(udh.slice(0, 2), 16) === udh.length / 2 - 1);
  const wrong = draft.isHex && !HEX.test(payload) ? 'hex' : !isUdhGood ? 'udh' : fit.segments === Infinity ? 'long' : null;
  const body: SmsBody = {
    payload,
    ...(draft.isHex ? { dcs: OCTETS_DCS } : {}),
    ...(udh ? { udh } : {}),
    ...(draft.source.trim() ? { source_address: draft.source.trim() } : {}),
    ...(draft.at === null ? {} : { not_before: new Date(draft.at).toISOString() }),
  };
  return { fit, wrong, isGood: wrong === null && (payload.length > 0 || udh.length > 0), body };
}

export function useDraft(device: number) {
  const [draft, setDraft] = useState<Draft>(() => ({
    text: kept(sessionStorage, TEXT + device) ?? '',
    isHex: false,
    udh: '',
    source: rememberedSource(device) ?? '',
    at: null,
  }));
  const change = useCallback(
    (part: Partial<Draft>) => {
      setDraft((now) => ({ ...now, ...part }));
      if (part.text !== undefined) keep(sessionStorage, TEXT + device, part.text);
    },
    [device],
  );
  return { draft, change, check: useMemo(() => checked(draft), [draft]) };
}

/** To be changed, and sent anew. */
export function draftOf(body: SmsBody): Draft {
  return {
    text: body.payload,
    isHex: body.dcs === OCTETS_DCS,
    udh: body.udh ?? '',
    source: String(body.source_address ?? ''),
    at: null,
  };
}
