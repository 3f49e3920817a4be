import { expect, it } from 'vitest';
import { NO_FILTERS, filtersOf, qOf } from './deviceFilters';

it('takes a q apart and puts it together again', () => {
  const q = 'search:pump north,status:enabled,attached:true,waiting:true,service_profile:7,tags:a,tags:b=c,iccid:null';
  expect(filtersOf(q)).toEqual({
    search: 'pump north', status: 'enabled', attached: 'true', waiting: 'true', policy: '7', tags: ['a', 'b=c'], others: ['iccid:null'],
  });
  expect(qOf(filtersOf(q))).toBe(q);
  expect(qOf(filtersOf('pump'))).toBe('search:pump');
  expect(qOf(filtersOf('status:0,tags:a,b'))).toBe('status:enabled,tags:a,tags:b');
  expect(qOf(NO_FILTERS)).toBe('');
});

it('lets nobody break out of the search', () => {
  expect(qOf({ ...NO_FILTERS, search: 'a,status:1' })).toBe('search:a status:1');
});
