// What the console needs to know of an SMS.
import type { SmsBody, SmsObject } from '@/api/schema';
import { readTime } from '@/parts';

export const PENDING = 1;
export const UNDER_WAY = 2;
export const WAITING = 3;
export const DELIVERED = 4;
export const CANCELED = 7;
const OCTETS_ALPHABET = 4;
const PLAIN = ['0', '8']; // text in either alphabet: the API chooses again

/** 8-bit data, so `payload` is hexadecimal. 3GPP TS 23.038 §4. */
export function isBinary(dcs: string): boolean {
  const coding = Number(dcs);
  if ((coding & 0xf0) === 0xf0) return (coding & OCTETS_ALPHABET) !== 0;
  return (coding & 0x80) === 0 && (coding & 0x0c) === OCTETS_ALPHABET;
}

/** From the device: on the left side. */
export const isFromDevice = (sms: SmsObject, device: number): boolean =>
  sms.direction === 'MO' || (sms.direction === 'P2P' && sms.endpoint_id !== device);

export const isFinal = (sms: SmsObject): boolean => sms.status.id >= DELIVERED;
export const isCancelable = (sms: SmsObject): boolean => sms.status.id === PENDING || sms.status.id === WAITING;

/** Scheduled, and its time has not come. */
export const goesAt = (sms: SmsObject, now: number): number | null => {
  const at = sms.not_before === null ? Number.NaN : readTime(sms.not_before);
  return sms.status.id === PENDING && at > now ? at : null;
};

/** The same once more. */
export function againBody(sms: SmsObject): SmsBody {
  return {
    payload: sms.payload ?? '',
    ...(sms.udh ? { udh: sms.udh } : {}),
    ...(PLAIN.includes(sms.dcs) ? {} : { dcs: Number(sms.dcs) }),
    ...(sms.source_address
      ? { source_address: sms.source_address, source_address_type: { id: sms.source_address_type.id } }
      : {}),
  };
}

/** Newest first; what is there already is replaced. */
export function merged(rows: readonly SmsObject[], news: readonly SmsObject[]): SmsObject[] {
  const fresh = new Map(news.map((sms) => [sms.id, sms]));
  const kept = rows.map((sms) => fresh.get(sms.id) ?? sms);
  const known = new Set(rows.map((sms) => sms.id));
  const added = news.filter((sms) => !known.has(sms.id));
  return added.length === 0 ? kept : [...added, ...kept].sort((one, other) => order(other, one));
}

const order = (one: SmsObject, other: SmsObject): number =>
  readTime(one.submit_date) - readTime(other.submit_date) || one.id - other.id;
