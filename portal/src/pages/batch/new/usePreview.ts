// What would become of it, asked while somebody types.
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { type Problem, call } from '@/api';
import type { ManyBody, components } from '@/api/schema';

export type Previewed = components['schemas']['ManyPreviewed'];
const TYPING_MS = 350;
const PATH = '/v1/sms/preview';

export function usePreview(body: ManyBody | null) {
  // When and how fast change nothing of it.
  const wanted = body && JSON.stringify({ ...body, not_before: undefined, per_second: undefined, per_minute: undefined, name: undefined });
  const [asked] = useDebouncedValue(wanted, TYPING_MS);
  const found = useQuery<Previewed, Problem>({
    queryKey: ['post', PATH, asked],
    queryFn: async ({ signal }) => {
      const { data } = await call('post', PATH, { body: JSON.parse(asked ?? '{}') as ManyBody, signal });
      if (!('examples' in data)) throw new TypeError('the preview of one SMS'); // only a call without recipients has it
      return data;
    },
    enabled: asked !== null,
    retry: false,
    placeholderData: keepPreviousData,
  });
  // A body that has become incomplete, or is wrong now, must not look as if it could be sent.
  const shown = wanted === null || found.isError ? undefined : found.data;
  return { shown, problem: wanted === null ? null : found.error, isCurrent: asked === wanted && found.isSuccess && !found.isPlaceholderData };
}
