import { expect, it } from 'vitest';
import { Reader, waitMs } from '@/api/stream';

it('reads events however they are cut', () => {
  const text = 'retry: 2000\nid: 7-0\nevent: ready\ndata: {}\n\nid: 7-1\nevent: sms\ndata: {"id":1,\ndata: "a":2}\n\n';
  for (let size = 1; size < text.length; size += 1) {
    const reader = new Reader();
    const found = [];
    for (let at = 0; at < text.length; at += size) found.push(...reader.take(text.slice(at, at + size)));
    expect(found).toEqual([
      { id: '7-0', event: 'ready', data: '{}' },
      { id: '7-1', event: 'sms', data: '{"id":1,\n"a":2}' },
    ]);
  }
});

it('takes a heartbeat as a place without news', () => {
  expect(new Reader().take('id: 7-9\n\n')).toEqual([{ id: '7-9', data: '' }]);
});

it('waits longer after each failure, up to a bound, and never the same for all', () => {
  expect([0, 1, 2, 9].map((failures) => waitMs(failures, 1))).toEqual([1_000, 2_000, 4_000, 30_000]);
  expect(waitMs(0, 0)).toBe(500);
});
