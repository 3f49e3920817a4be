// What holds for every file of the portal.
import { expect, it } from 'vitest';
import { sources } from './sources';

const LONGEST_FILE = 300;
const MADE = 'api/schema.d.ts';
const files = sources(/\.(tsx?|css)$/).filter(({ path }) => path !== MADE);

const breaking = (rule: (text: string) => boolean) => files.filter(({ text }) => rule(text)).map(({ path }) => path);

it('files end at 300 lines', () => {
  expect(files.length).toBeGreaterThan(40);
  expect(breaking((text) => text.split('\n').length > LONGEST_FILE)).toEqual([]);
});

it('types are not switched off', () => {
  expect(breaking((text) => /@ts-(ignore|nocheck|expect-error)|eslint-disable|(:|<|as) any\b/.test(text))).toEqual([]);
});

it('nobody else is asked for anything', () => {
  expect(breaking((text) => /https?:\/\/(?!(any|www\.w3\.org)\b)|dangerouslySetInnerHTML|@import url/.test(text))).toEqual([]);
});

it('light badges are left out: their contrast is too low', () => {
  expect(breaking((text) => /<Badge\b(?![^>]*variant="(outline|default|filled)")/.test(text))).toEqual([]);
});
