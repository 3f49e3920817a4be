// How a text travels: the encoding, the segments, what is left of the last one. As wire/gsm/text.py counts, and
// tested against the same file. 3GPP TS 23.040 §9.2.3.24.1, TS 23.038.
import { septetsOf } from './alphabet';

export type Encoding = 'gsm7' | 'ucs2' | 'octets';
export type Fit = {
  encoding: Encoding;
  /** Infinity: more than there may be. */
  segments: number;
  /** What the encoding counts: € is two septets, an emoji two units. */
  characters: number;
  left: number;
  /** The first character that GSM 7-bit lacks, when that decided; `index` counts characters. */
  forcedBy: { index: number; character: string } | null;
};

export const MOST_SEGMENTS = 255;
const OCTETS = 140;
const PLACE = 5; // a part's place in its message, in the header

/** `udhOctets`: of the sender's own header, with its length octet; 0: there is none. */
export function countText(text: string, udhOctets = 0, asked?: 'gsm7' | 'ucs2'): Fit {
  const sizes: number[] = [];
  let forcedBy: Fit['forcedBy'] = null;
  let index = 0;
  for (const character of text) {
    const size = septetsOf(character);
    if (size === undefined) {
      forcedBy = { index, character };
      break;
    }
    sizes.push(size);
    index += 1;
  }
  if (forcedBy === null && asked !== 'ucs2') return fit('gsm7', sizes, udhOctets, null);
  const units = [...text].map((character) => character.length);
  return fit('ucs2', units, udhOctets, asked === 'ucs2' ? null : forcedBy);
}

/** 8-bit data of so many octets. */
export function countOctets(octets: number, udhOctets = 0): Fit {
  return fit('octets', Array.from({ length: octets }, () => 1), udhOctets, null);
}

/** Units that fit beside a header. */
function room(encoding: Encoding, headerOctets: number): number {
  const octets = OCTETS - headerOctets;
  if (encoding === 'gsm7') return Math.floor((octets * 8) / 7);
  return encoding === 'ucs2' ? Math.floor(octets / 2) : octets;
}

/** `sizes` of characters that no cut may part: escape pairs, surrogate pairs. */
function fit(encoding: Encoding, sizes: readonly number[], udhOctets: number, forcedBy: Fit['forcedBy']): Fit {
  const characters = sizes.reduce((sum, size) => sum + size, 0);
  const alone = room(encoding, udhOctets);
  if (characters <= alone) return { encoding, segments: 1, characters, left: alone - characters, forcedBy };
  const each = room(encoding, (udhOctets || 1) + PLACE);
  if (each < (encoding === 'octets' ? 1 : 2)) return { encoding, segments: Infinity, characters, left: 0, forcedBy };
  let segments = 1;
  let used = 0;
  for (const size of sizes) {
    if (used + size > each) {
      segments += 1;
      used = 0;
    }
    used += size;
  }
  return { encoding, segments: segments > MOST_SEGMENTS ? Infinity : segments, characters, left: each - used, forcedBy };
}
