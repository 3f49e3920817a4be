// What is sent, and what is shown of what was.
import { describe, expect, it } from 'vitest';
import type { SmsObject } from '@/api/schema';
import { againBody, goesAt, isBinary, isFromDevice, merged } from './sms';
import { checked } from './useDraft';

const DRAFT = { text: '', isHex: false, udh: '', source: '', at: null };
const sms = (id: number, rest: Partial<SmsObject> = {}): SmsObject =>
  ({
    id,
    submit_date: `2026-11-21T22:00:${String(id).padStart(2, '0')}.000+0000`,
    direction: 'MT',
    endpoint_id: 7,
    status: { id: 1, description: '' },
    payload: 'text',
    dcs: '0',
    udh: '',
    source_address: '4444',
    source_address_type: { id: 161, description: '' },
    not_before: null,
    ...rest,
  }) as SmsObject;

it('data codings with 8-bit data are binary', () => {
  // 3GPP TS 23.038 §4: general group 00xx, class group 1111
  expect(['4', '20', '244', '247'].map(isBinary)).toEqual([true, true, true, true]);
  expect(['0', '8', '16', '240', '241', '192'].map(isBinary)).toEqual([false, false, false, false, false, false]);
});

it('from device to device, the one that gets it is on the other side', () => {
  expect(isFromDevice(sms(1, { direction: 'P2P' }), 7)).toBe(false);
  expect(isFromDevice(sms(1, { direction: 'P2P' }), 8)).toBe(true);
  expect(isFromDevice(sms(1, { direction: 'MO' }), 7)).toBe(true);
});

it('what is new goes to the top, what is known is replaced', () => {
  const found = merged([sms(3), sms(1)], [sms(1, { payload: 'changed' }), sms(4), sms(2)]);
  expect(found.map(({ id, payload }) => [id, payload])).toEqual([[4, 'text'], [3, 'text'], [2, 'text'], [1, 'changed']]);
});

it('scheduled is only what still has time', () => {
  const at = Date.parse('2026-11-22T10:00:00Z');
  const later = sms(1, { not_before: '2026-11-22T10:00:00.000+0000' });
  expect(goesAt(later, at - 1)).toBe(at);
  expect(goesAt(later, at)).toBeNull();
  expect(goesAt({ ...later, status: { id: 7, description: '' } }, at - 1)).toBeNull();
});

describe('a draft', () => {
  it('is text in the encoding that the API chooses', () => {
    expect(checked({ ...DRAFT, text: 'hi', source: ' 4444 ' })).toMatchObject({ isGood: true, body: { payload: 'hi', source_address: '4444' } });
    expect(checked(DRAFT).isGood).toBe(false);
    expect(checked({ ...DRAFT, text: 'a'.repeat(40_000) }).wrong).toBe('long');
  });
  it('is hexadecimal however it is written', () => {
    expect(checked({ ...DRAFT, isHex: true, text: '0x0A, ff:41' }).body).toEqual({ payload: '0Aff41', dcs: 4 });
    expect(checked({ ...DRAFT, isHex: true, text: '0a f' })).toMatchObject({ wrong: 'hex', isGood: false });
  });
  it('has a header that says its own length', () => {
    const header = { ...DRAFT, isHex: true, text: 'ff', udh: '050003010201' };
    expect(checked(header)).toMatchObject({ isGood: true, body: { udh: '050003010201' }, fit: { left: 133 } });
    expect(checked({ ...header, udh: '060003010201' })).toMatchObject({ wrong: 'udh', isGood: false });
  });
});

it('the same once more keeps its sender and what its data mean', () => {
  expect(againBody(sms(1))).toEqual({ payload: 'text', source_address: '4444', source_address_type: { id: 161 } });
  expect(againBody(sms(1, { dcs: '4', udh: '0102', source_address: '' }))).toEqual({ payload: 'text', udh: '0102', dcs: 4 });
});
