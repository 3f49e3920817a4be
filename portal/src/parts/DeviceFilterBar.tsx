// Looking for devices: a search as one types, and filters beside it. Used by the list and by what sends to many.
import { Button, CloseButton, Popover, TagsInput, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconChevronDown, IconSearch, IconX } from '@tabler/icons-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useGet, useMay } from '@/api';
import { useText } from '@/texts';
import classes from './DeviceFilterBar.module.css';
import { type DeviceFilters, NO_FILTERS } from './deviceFilters';
import { FilterMenu } from './FilterMenu';
import menu from './FilterMenu.module.css';

const TYPING_MS = 120;
type Props = { filters: DeviceFilters; onChange: (filters: DeviceFilters) => void; children?: ReactNode };

export function DeviceFilterBar({ filters, onChange, children }: Props) {
  const t = useText('devices');
  const set = (change: Partial<DeviceFilters>) => onChange({ ...filters, ...change });
  const isSet = JSON.stringify({ ...filters, search: '' }) !== JSON.stringify(NO_FILTERS);
  const yesNo = (yes: string, no: string) => [{ value: 'true', label: yes }, { value: 'false', label: no }];
  return (
    <div className={classes.bar} role="search">
      <Search value={filters.search} onChange={(search) => set({ search })} />
      <div className={classes.filters}>
        <FilterMenu
          label={t('status')} all={t('any')} value={filters.status}
          options={[{ value: 'enabled', label: t('enabled') }, { value: 'disabled', label: t('disabled') }]}
          onChange={(status) => set({ status })}
        />
        <FilterMenu label={t('attach')} all={t('any')} value={filters.attached} options={yesNo(t('attached'), t('detached'))} onChange={(attached) => set({ attached })} />
        <FilterMenu label={t('waiting')} all={t('any')} value={filters.waiting} options={yesNo(t('somethingWaits'), t('nothingWaits'))} onChange={(waiting) => set({ waiting })} />
        <PolicyFilter value={filters.policy} onChange={(policy) => set({ policy })} />
        <TagsFilter tags={filters.tags} onChange={(tags) => set({ tags })} />
        {filters.others.map((other) => (
          <Button
            key={other} variant="default" className={menu.button} data-set rightSection={<IconX size={12} stroke={1.5} />}
            aria-label={t('without', { other })}
            onClick={() => set({ others: filters.others.filter((one) => one !== other) })}
          >
            {other}
          </Button>
        ))}
        {isSet && (
          <Button variant="subtle" color="gray" className={classes.clear} onClick={() => onChange({ ...NO_FILTERS, search: filters.search })}>
            {t('clearFilters')}
          </Button>
        )}
      </div>
      {children && <div className={classes.more}>{children}</div>}
    </div>
  );
}

function Search({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const t = useText('devices');
  const [typed, setTyped] = useState(value);
  const told = useRef(value);
  // A view or a link sets it from outside; what was typed here comes back as it is.
  useEffect(() => {
    if (value !== told.current) setTyped(value);
    told.current = value;
  }, [value]);
  const tell = useDebouncedCallback((text: string) => {
    told.current = text;
    onChange(text);
  }, TYPING_MS);
  const type = (text: string) => {
    setTyped(text);
    tell(text);
  };
  return (
    <TextInput
      size="xs"
      className={classes.search}
      aria-label={t('search')}
      placeholder={t('searchAbout')}
      value={typed}
      onChange={(event) => type(event.currentTarget.value)}
      leftSection={<IconSearch size={14} stroke={1.5} aria-hidden />}
      rightSection={typed && <CloseButton size="xs" aria-label={t('clearSearch')} onClick={() => type('')} />}
    />
  );
}

function PolicyFilter({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const t = useText('devices');
  const { data } = useGet('/v1/service_profile', { query: { per_page: 500, sort: 'name' } }, { when: useMay('policy:read'), staleMs: 60_000 });
  const options = (data ?? []).map((one) => ({ value: String(one.id), label: one.name }));
  return <FilterMenu label={t('policy')} all={t('any')} value={value} options={options} onChange={onChange} />;
}

function TagsFilter({ tags, onChange }: { tags: readonly string[]; onChange: (tags: string[]) => void }) {
  const t = useText('devices');
  return (
    <Popover position="bottom-start" width={280} trapFocus shadow="md">
      <Popover.Target>
        <Button variant="default" className={menu.button} data-set={tags.length > 0 || undefined} rightSection={<IconChevronDown size={12} stroke={1.5} />}>
          {tags.length > 0 ? `${t('tags')}: ${tags.join(', ')}` : t('tags')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={t('tags')}>
        <TagsInput label={t('allTags')} placeholder={t('typeTag')} value={[...tags]} onChange={onChange} splitChars={[',', ' ']} acceptValueOnBlur />
      </Popover.Dropdown>
    </Popover>
  );
}
