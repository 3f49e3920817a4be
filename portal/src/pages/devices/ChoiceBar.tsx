// What can be done with the devices that are chosen.
import { Button, CloseButton, Menu, Modal, Select, TagsInput, Tooltip } from '@mantine/core';
import { IconAdjustments, IconMessage, IconPower, IconTag } from '@tabler/icons-react';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { useGet, useMay } from '@/api';
import { formatNumber } from '@/parts';
import { useText } from '@/texts';
import { useManyChange } from './changes';
import type { Chosen } from './chosen';
import classes from './Devices.module.css';

const icon = { size: 14, stroke: 1.5 };

export function ChoiceBar({ chosen, q, total }: { chosen: Chosen; q: string; total: number }) {
  const t = useText('devices');
  const [, go] = useLocation();
  const [asked, ask] = useState<'policy' | 'tags' | null>(null);
  const { change, isPending } = useManyChange(chosen, q);
  const [mayChange, maySend] = [useMay('device:write'), useMay('sms:send')];
  const sms = () =>
    chosen.isAll ? go(`/batches/new?q=${encodeURIComponent(q)}`) : go('/batches/new', { state: { endpoints: [...chosen.ids] } });
  if (chosen.count === 0) return null;
  return (
    <div className={classes.choice} role="toolbar" aria-label={t('withChosen')}>
      <span className={classes.chosen} role="status">
        {t('chosen', { count: chosen.count, number: formatNumber(chosen.count) })}
      </span>
      {!chosen.isAll && total > chosen.count && (
        <Button variant="subtle" onClick={chosen.all}>
          {t('chooseAll', { number: formatNumber(total) })}
        </Button>
      )}
      {maySend && (
        <Button variant="default" className={classes.action} aria-label={t('sms')} leftSection={<IconMessage {...icon} />} onClick={sms}>
          <span className={classes.word}>{t('sms')}</span>
        </Button>
      )}
      {mayChange && (
        <>
          <Button variant="default" className={classes.action} aria-label={t('policy')} leftSection={<IconAdjustments {...icon} />} onClick={() => ask('policy')}>
            <span className={classes.word}>{t('policy')}</span>
          </Button>
          <Button variant="default" className={classes.action} aria-label={t('tags')} leftSection={<IconTag {...icon} />} onClick={() => ask('tags')}>
            <span className={classes.word}>{t('tags')}</span>
          </Button>
          <Menu position="top-end">
            <Menu.Target>
              <Button variant="default" className={classes.action} aria-label={t('status')} leftSection={<IconPower {...icon} />} loading={isPending}>
                <span className={classes.word}>{t('status')}</span>
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item onClick={() => void change({ status: { id: 0 } })}>{t('enable')}</Menu.Item>
              <Menu.Item onClick={() => void change({ status: { id: 1 } })}>{t('disable')}</Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </>
      )}
      <Tooltip label={t('chooseNone')}>
        <CloseButton size="sm" aria-label={t('chooseNone')} onClick={chosen.none} />
      </Tooltip>
      <PolicyDialog opened={asked === 'policy'} close={() => ask(null)} isPending={isPending} apply={(id) => change({ service_profile: { id } })} />
      <TagsDialog opened={asked === 'tags'} close={() => ask(null)} isPending={isPending} apply={(add_tags, remove_tags) => change({ add_tags, remove_tags })} />
    </div>
  );
}

type Dialog = { opened: boolean; close: () => void; isPending: boolean };

function PolicyDialog({ opened, close, isPending, apply }: Dialog & { apply: (id: number) => Promise<boolean> }) {
  const t = useText('devices');
  const { data } = useGet('/v1/service_profile', { query: { per_page: 500, sort: 'name' } }, { when: opened });
  const [id, setId] = useState<string | null>(null);
  const save = async () => {
    if (id !== null && (await apply(Number(id)))) close();
  };
  return (
    <Modal opened={opened} onClose={close} title={t('setPolicy')} size="sm" closeButtonProps={{ 'aria-label': t('close') }}>
      <Select
        label={t('policy')} data-autofocus searchable
        data={(data ?? []).map((one) => ({ value: String(one.id), label: one.name }))}
        value={id} onChange={setId}
      />
      <Button mt="md" fullWidth disabled={id === null} loading={isPending} onClick={() => void save()}>
        {t('apply')}
      </Button>
    </Modal>
  );
}

function TagsDialog({ opened, close, isPending, apply }: Dialog & { apply: (add: string[], remove: string[]) => Promise<boolean> }) {
  const t = useText('devices');
  const [add, setAdd] = useState<string[]>([]);
  const [remove, setRemove] = useState<string[]>([]);
  const save = async () => {
    if (!(await apply(add, remove))) return;
    setAdd([]);
    setRemove([]);
    close();
  };
  return (
    <Modal opened={opened} onClose={close} title={t('setTags')} size="sm" closeButtonProps={{ 'aria-label': t('close') }}>
      <TagsInput label={t('addTags')} placeholder={t('typeTag')} value={add} onChange={setAdd} splitChars={[',', ' ']} acceptValueOnBlur data-autofocus />
      <TagsInput mt="sm" label={t('removeTags')} placeholder={t('typeTag')} value={remove} onChange={setRemove} splitChars={[',', ' ']} acceptValueOnBlur />
      <Button mt="md" fullWidth disabled={add.length + remove.length === 0} loading={isPending} onClick={() => void save()}>
        {t('apply')}
      </Button>
    </Modal>
  );
}
