import { expect, it } from 'vitest';
import { sheetOf, tableOf } from './sheet';

it('reads tables as spreadsheets write them', () => {
  expect(tableOf('a;b\r\n"x;""y""";2\r\n\r\n;3')).toEqual([['a', 'b'], ['x;"y"', '2'], ['', '3']]);
  expect(tableOf('a\tb\n"two\nlines"\t1\n')).toEqual([['a', 'b'], ['two\nlines', '1']]);
});

it('finds the recipients, and words for the text', () => {
  const sheet = sheetOf('a.csv', '\uFEFFPhone,First name,code\n+49 151 1,Ada,7\n,Nobody,8\n');
  expect(sheet).toMatchObject({
    who: { column: 'Phone', kind: 'msisdn' }, bad: [3], variables: ['First_name', 'code'],
    rows: [{ msisdn: '+49 151 1', variables: { First_name: 'Ada', code: '7' } }],
  });
  expect(sheetOf('a.csv', 'id,msisdn\n7,49151\nx,49152\n')).toMatchObject({ rows: [{ endpoint: 7 }], bad: [3] });
});

it('says what is wrong with a file', () => {
  expect(sheetOf('a.csv', 'msisdn\n')).toEqual({ name: 'a.csv', wrong: 'empty' });
  expect(sheetOf('a.csv', 'colour\nred\n')).toEqual({ name: 'a.csv', wrong: 'who' });
});
