// Texts that are sent often: choose one, save what is written, delete one.
import { ActionIcon, Button, Group, Popover, ScrollArea, Text, TextInput, Tooltip, UnstyledButton } from '@mantine/core';
import { IconNotes, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { asProblem, call, fieldErrors, useChange, useGet } from '@/api';
import type { TemplateShown } from '@/api/schema';
import { confirm, errorText, fieldText, notifyProblem } from '@/parts';
import { useText } from '@/texts';
import classes from './Composer.module.css';
import type { Draft } from './useDraft';

const OCTETS_DCS = 4;
const TALLEST = 260;

type Props = { device: number; draft: Draft; opened: boolean; onOpen: (opened: boolean) => void; fill: (part: Partial<Draft>) => void };

export function Templates(props: Props) {
  const t = useText('device');
  const { opened, onOpen } = props;
  return (
    <Popover opened={opened} onChange={onOpen} position="top-start" trapFocus returnFocus shadow="md" width={320}>
      <Popover.Target>
        <Tooltip label={t('template.title')}>
          <ActionIcon aria-label={t('template.title')} aria-keyshortcuts="Alt+T" onClick={() => onOpen(!opened)}>
            <IconNotes size={16} stroke={1.5} />
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown aria-label={t('template.title')}>{opened && <List {...props} />}</Popover.Dropdown>
    </Popover>
  );
}

function List({ device, draft, onOpen, fill }: Props) {
  const t = useText('device');
  const templates = useGet('/v1/sms_template');
  const remove = useChange('delete', '/v1/sms_template/{template}');
  const choose = async (one: TemplateShown) => {
    onOpen(false);
    try {
      fill({
        text: await filledIn(one, device),
        isHex: one.dcs === OCTETS_DCS,
        udh: '',
        ...(one.source_address ? { source: one.source_address } : {}),
      });
    } catch (thrown) {
      notifyProblem(asProblem(thrown));
    }
  };
  const ask = async (one: TemplateShown) => {
    onOpen(false);
    const isWanted = await confirm({ title: t('template.deleteTitle', { name: one.name }), action: t('template.delete'), danger: true });
    if (isWanted) remove.mutate({ params: { path: { template: one.id } } }, { onError: notifyProblem });
  };
  return (
    <>
      <ScrollArea.Autosize mah={TALLEST} type="auto">
        {templates.error && <Text size="sm">{errorText(templates.error)}</Text>}
        {templates.data?.length === 0 && (
          <Text size="sm" c="dimmed" pb="xs">
            {t('template.none')}
          </Text>
        )}
        <ul className={classes.templates} aria-label={t('template.title')}>
          {templates.data?.map((one) => (
            <li key={one.id}>
              <UnstyledButton className={classes.template} onClick={() => void choose(one)}>
                <span>{one.name}</span>
                <span className={classes.templateText}>{one.payload}</span>
              </UnstyledButton>
              <ActionIcon size="sm" aria-label={t('template.deleteOf', { name: one.name })} onClick={() => void ask(one)}>
                <IconTrash size={14} stroke={1.5} />
              </ActionIcon>
            </li>
          ))}
        </ul>
      </ScrollArea.Autosize>
      {draft.text && <Save draft={draft} done={() => onOpen(false)} />}
    </>
  );
}

/** Variables as the API would fill them in for this device. */
async function filledIn(one: TemplateShown, device: number): Promise<string> {
  if (!one.payload.includes('{{') && !one.payload.includes('{%')) return one.payload;
  const body = { payload: one.payload, recipients: { endpoints: [device] } };
  const { data } = await call('post', '/v1/sms/preview', { body });
  const [example] = 'examples' in data ? data.examples : [];
  return example?.payload ?? one.payload;
}

function Save({ draft, done }: { draft: Draft; done: () => void }) {
  const t = useText('device');
  const [name, setName] = useState('');
  const save = useChange('post', '/v1/sms_template');
  const source_address = draft.source.trim() || null;
  const wrong = fieldText(fieldErrors(save.error).name) ?? (save.error ? errorText(save.error) : undefined);
  return (
    <form
      className={classes.save}
      onSubmit={(event) => {
        event.preventDefault();
        const body = { name: name.trim(), payload: draft.text, source_address, dcs: draft.isHex ? (OCTETS_DCS as 4) : null };
        save.mutate({ body }, { onSuccess: done });
      }}
    >
      <Group gap="xs" align="flex-start" wrap="nowrap">
        <TextInput
          size="xs"
          flex={1}
          aria-label={t('template.name')}
          placeholder={t('template.name')}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={wrong}
        />
        <Button type="submit" variant="default" disabled={name.trim() === ''} loading={save.isPending}>
          {t('template.save')}
        </Button>
      </Group>
    </form>
  );
}
