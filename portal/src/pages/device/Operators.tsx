// Operators that a device keeps away from.
import { ActionIcon, Select } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useChange, useGet, useMay } from '@/api';
import type { EndpointShown } from '@/api/schema';
import { SettingsRow, SettingsSection, notifyProblem } from '@/parts';
import { useText } from '@/texts';
import classes from './Device.module.css';

const ALL = 1000;

export function Operators({ device }: { device: EndpointShown }) {
  const t = useText('device');
  const may = useMay('device:write');
  const endpoint = device.id;
  const kept = useGet('/v1/endpoint/{endpoint}/operator_blacklist', { path: { endpoint } });
  const all = useGet('/v1/operator', { query: { per_page: ALL } }, { when: may });
  const add = useChange('put', '/v1/endpoint/{endpoint}/operator_blacklist/{operator}');
  const remove = useChange('delete', '/v1/endpoint/{endpoint}/operator_blacklist/{operator}');
  const away = kept.data ?? [];
  const others = (all.data ?? []).filter((one) => !away.some(({ id }) => id === one.id));
  const onError = notifyProblem;
  return (
    <SettingsSection title={t('operator.title')} about={t('operator.about')}>
      <SettingsRow>
        {away.length === 0 && <span>{t('operator.none')}</span>}
        <ul className={classes.rowList} aria-label={t('operator.title')}>
          {away.map((one) => (
            <li key={one.id}>
              {one.name}
              {may && (
                <ActionIcon
                  aria-label={t('operator.allow', { name: one.name })}
                  onClick={() => remove.mutate({ params: { path: { endpoint, operator: one.id } } }, { onError })}
                >
                  <IconX size={14} stroke={1.5} />
                </ActionIcon>
              )}
            </li>
          ))}
        </ul>
      </SettingsRow>
      {may && (
        <SettingsRow>
          <Select
            searchable
            aria-label={t('operator.add')}
            placeholder={t('operator.add')}
            limit={30}
            value={null}
            data={others.map((one) => ({ value: String(one.id), label: `${one.name} (${one.country.name})` }))}
            onChange={(id) => id && add.mutate({ params: { path: { endpoint, operator: Number(id) } } }, { onError })}
          />
        </SettingsRow>
      )}
    </SettingsSection>
  );
}
