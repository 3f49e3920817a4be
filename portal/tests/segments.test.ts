// The same file as tests/wire/gsm/test_segments_golden.py.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { countOctets, countText } from '@/sms/segments';

type Case = {
  text: [string, number][];
  udh?: string;
  asked?: 'gsm7' | 'ucs2';
  encoding: string;
  segments: number;
  characters: number;
  left: number;
  forced_by?: [number, string];
};
type Golden = { texts: Case[]; too_long: Case[]; octets: { octets: number; udh?: string; segments: number }[] };

const golden = JSON.parse(readFileSync(new URL('../../tests/golden/segments.json', import.meta.url), 'utf-8')) as Golden;
const textOf = ({ text }: Case) => text.map(([piece, times]) => piece.repeat(times)).join('');
const octetsOf = (udh = '') => udh.length / 2;

describe('the segment counter', () => {
  it.each(golden.texts.map((one, n) => [n, one] as const))('counts text %i', (_, one) => {
    const [index, character] = one.forced_by ?? [];
    expect(countText(textOf(one), octetsOf(one.udh), one.asked)).toEqual({
      encoding: one.encoding,
      segments: one.segments,
      characters: one.characters,
      left: one.left,
      forcedBy: character === undefined ? null : { index, character },
    });
  });
  it.each(golden.too_long)('knows what is too long', (one) => {
    expect(countText(textOf(one)).segments).toBe(Infinity);
  });
  it.each(golden.octets)('counts octets', (one) => {
    expect(countOctets(one.octets, octetsOf(one.udh)).segments).toBe(one.segments);
  });
});
