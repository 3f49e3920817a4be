// Devices looked for by name or number, and chosen.
import { MultiSelect } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { usePage } from '@/api';
import { useText } from '@/texts';

const FOUND = 20;
const MOST = 100;
const PAUSE_MS = 150;

export type Picked = { id: number; name: string };
type Props = { picked: readonly Picked[]; onPick: (picked: Picked[]) => void; error?: string };

export function DevicesPick({ picked, onPick, error }: Props) {
  const t = useText('integrations');
  const [search, setSearch] = useState('');
  const [q] = useDebouncedValue(search.trim().replaceAll(',', ' '), PAUSE_MS);
  const found = usePage('/v1/endpoint', { query: { per_page: FOUND, sort: 'name', ...(q ? { q: `search:${q}` } : {}) } });
  const rows = found.data?.rows ?? [];
  const known = new Map([...picked, ...rows].map(({ id, name }) => [String(id), name]));
  return (
    <MultiSelect
      label={t('links.devices')}
      placeholder={picked.length === 0 ? t('links.devicesHint') : undefined}
      data={[...known].map(([value, label]) => ({ value, label }))}
      value={picked.map(({ id }) => String(id))}
      onChange={(values) => onPick(values.map((id) => ({ id: Number(id), name: known.get(id) ?? id })))}
      searchValue={search}
      onSearchChange={setSearch}
      filter={({ options }) => options}
      nothingFoundMessage={t('nothingFound')}
      maxValues={MOST}
      searchable
      hidePickedOptions
      error={error}
    />
  );
}
