import { expect, it } from 'vitest';
import { pageOf } from '@/api/pages';
import { Problem, fieldErrors } from '@/api/problem';
import { relative } from '@/parts/times';

const headers = (given: Record<string, string>) => new Headers(given);

it('finds the next page wherever the API tells of it', () => {
  const link = '<http://a/api/v1/sms?cursor=x%20y&per_page=5>; rel="next"';
  expect(pageOf([1], headers({ link }))).toEqual({ rows: [1], total: undefined, next: { cursor: 'x y', per_page: '5' } });
  expect(pageOf([], headers({ 'x-more': '12' })).next).toEqual({ after: '12' });
  expect(pageOf([], headers({ 'x-more': 'true', 'x-total-count': '7' }))).toEqual({ rows: [], total: 7, next: undefined });
  expect(pageOf([], headers({})).next).toBeUndefined();
});

it('puts what is wrong to its field', () => {
  const part = (message: string) => ({ error_code: 1402, error_token: 'Required', message });
  const body = {
    error_code: 1400,
    message: 'Input validation failed',
    errors: [part('Sms - payload is required'), part('Service Profile - dns.ip: is no address'), part('odd')],
  };
  expect(fieldErrors(new Problem(422, body))).toEqual({ payload: '', 'dns.ip': 'is no address' });
  expect(fieldErrors(null)).toEqual({});
});

it('tells times as people do', () => {
  const now = Date.parse('2026-03-01T12:00:00Z');
  expect(relative(now - 90_000, now)).toContain('1 min');
  expect(relative(now + 3 * 86_400_000, now)).toContain('3');
  expect(relative(now, now)).toBe('now');
});
