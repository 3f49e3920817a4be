// What the list is narrowed to. Texts are looked for a moment after the last key.
import { Button, Popover, Select, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconAdjustmentsHorizontal, IconSearch, IconX } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { absolute, readTime } from '@/parts';
import { useText } from '@/texts';
import classes from './Messages.module.css';
import { type Name, type Search, SPANS } from './search';

const AFTER_KEYS_MS = 250;
const DIRECTIONS = ['MT', 'MO', 'P2P'];
// In the order of their ids, from 1.
const STATES = ['PENDING', 'IN_PROGRESS', 'BUFFERED', 'DELIVERED', 'FAILED', 'EXPIRED', 'CANCELED'];

type Props = { search: Search; change: (name: Name, value: string | null) => void; clear: () => void };

/** A field that speaks up a moment after the last key. */
function Words({ name, label, search, change, className, icon }: Props & { name: Name; label: string; className?: string; icon?: boolean }) {
  const given = search[name] ?? '';
  const [words, setWords] = useState(given);
  const tell = useDebouncedCallback((value: string) => change(name, value.trim()), AFTER_KEYS_MS);
  useEffect(() => setWords(given), [given]);
  return (
    <TextInput
      className={className}
      aria-label={label}
      label={icon ? undefined : label}
      placeholder={icon ? label : undefined}
      leftSection={icon ? <IconSearch size={16} stroke={1.5} /> : undefined}
      type="search"
      size="xs"
      value={words}
      onChange={(event) => {
        setWords(event.currentTarget.value);
        tell(event.currentTarget.value);
      }}
    />
  );
}

export function Filters(props: Props) {
  const t = useText('messages');
  const parts = useText('parts');
  const { search, change, clear } = props;
  const more = (['tag', 'reference', 'endpoint'] as const).filter((name) => search[name] !== undefined).length;
  const spans = Object.keys(SPANS).map((value) => ({ value, label: t(`span.${value}`) }));
  if (search.since !== undefined && SPANS[search.since] === undefined) spans.push(moment(search.since));
  return (
    <div className={classes.bar} role="search">
      <Words {...props} name="text" label={t('findText')} className={classes.text} icon />
      <Select
        className={classes.pick}
        size="xs"
        aria-label={t('direction')}
        placeholder={t('anyDirection')}
        clearable
        data={DIRECTIONS.map((value) => ({ value, label: t(`way.${value}`) }))}
        value={search.direction?.toUpperCase() ?? null}
        onChange={(value) => change('direction', value)}
      />
      <Select
        className={classes.pick}
        size="xs"
        aria-label={t('state')}
        placeholder={t('anyState')}
        clearable
        data={STATES.map((value, at) => ({ value, label: parts(`sms.${at + 1}`) }))}
        value={search.state?.toUpperCase() ?? null}
        onChange={(value) => change('state', value)}
      />
      <Select
        className={classes.pick}
        size="xs"
        aria-label={t('since')}
        placeholder={t('anyTime')}
        clearable
        data={spans}
        value={search.since ?? null}
        onChange={(value) => change('since', value)}
      />
      <Popover position="bottom-end" shadow="md" withinPortal trapFocus>
        <Popover.Target>
          <Button variant="default" leftSection={<IconAdjustmentsHorizontal size={16} stroke={1.5} />}>
            {more > 0 ? t('moreCount', { count: more }) : t('more')}
          </Button>
        </Popover.Target>
        <Popover.Dropdown>
          <div className={classes.more}>
            <Words {...props} name="tag" label={t('tag')} />
            <Words {...props} name="reference" label={t('reference')} />
            <Words {...props} name="endpoint" label={t('endpoint')} />
          </div>
        </Popover.Dropdown>
      </Popover>
      {Object.keys(search).length > 0 && (
        <Button variant="subtle" color="gray" leftSection={<IconX size={14} stroke={1.5} />} onClick={clear}>
          {t('clear')}
        </Button>
      )}
    </div>
  );
}

function moment(since: string) {
  const at = readTime(since);
  return { value: since, label: Number.isNaN(at) ? since : absolute(at, { dateStyle: 'short', timeStyle: 'short' }) };
}
