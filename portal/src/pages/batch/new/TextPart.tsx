// The text: with variables, from a template or typed, and how it travels.
import { Button, Menu, TextInput, Textarea } from '@mantine/core';
import { IconBraces, IconTemplate } from '@tabler/icons-react';
import { useRef } from 'react';
import { useGet } from '@/api';
import { formatNumber } from '@/parts';
import { countText } from '@/sms/segments';
import { useText } from '@/texts';
import classes from '../Batch.module.css';
import type { PartProps } from './WhoPart';

const VARIABLES = ['device.name', 'device.msisdn', 'device.iccid', 'device.imei', 'device.tags', 'device.id'];
const icon = { size: 14, stroke: 1.5 };

export function TextPart({ draft, set }: PartProps) {
  const t = useText('batch');
  const field = useRef<HTMLTextAreaElement>(null);
  const own = draft.kind === 'file' && draft.sheet !== null && 'rows' in draft.sheet ? draft.sheet.variables : [];
  const insert = (name: string) => {
    const at = field.current?.selectionStart ?? draft.payload.length;
    const piece = `{{ ${name} }}`;
    set({ payload: draft.payload.slice(0, at) + piece + draft.payload.slice(field.current?.selectionEnd ?? at) });
    requestAnimationFrame(() => {
      field.current?.focus();
      field.current?.setSelectionRange(at + piece.length, at + piece.length);
    });
  };
  return (
    <fieldset className={classes.part}>
      <legend>{t('text')}</legend>
      <Textarea
        ref={field} aria-label={t('text')} autosize minRows={4} maxRows={14} placeholder={t('textAbout')}
        value={draft.payload} onChange={(event) => set({ payload: event.currentTarget.value })}
      />
      <div className={classes.tools}>
        <Menu position="bottom-start">
          <Menu.Target>
            <Button variant="default" leftSection={<IconBraces {...icon} />}>
              {t('variable')}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {[...own, ...VARIABLES].map((name) => (
              <Menu.Item key={name} onClick={() => insert(name)}>
                {name}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
        <Templates choose={(payload, source) => set({ payload, ...(source ? { source } : {}) })} />
        <Counter text={draft.payload} />
      </div>
      <TextInput label={t('source')} description={t('sourceAbout')} value={draft.source} onChange={(event) => set({ source: event.currentTarget.value })} maxLength={20} />
    </fieldset>
  );
}

function Templates({ choose }: { choose: (payload: string, source: string | null) => void }) {
  const t = useText('batch');
  const { data } = useGet('/v1/sms_template');
  const texts = (data ?? []).filter((one) => one.dcs !== 4); // those are hexadecimal
  if (texts.length === 0) return null;
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <Button variant="default" leftSection={<IconTemplate {...icon} />}>
          {t('template')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {texts.map((one) => (
          <Menu.Item key={one.id} onClick={() => choose(one.payload, one.source_address)}>
            {one.name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

/** Of the text as it stands; where it has variables, the preview tells. */
function Counter({ text }: { text: string }) {
  const t = useText('batch');
  if (text === '') return null;
  if (text.includes('{{') || text.includes('{%')) return <span className={classes.counter}>{t('counterVaries')}</span>;
  const { segments, characters, left, encoding, forcedBy } = countText(text);
  if (!Number.isFinite(segments)) return <span className={classes.counter}>{t('tooLong')}</span>;
  return (
    <span className={classes.counter}>
      {t('counter', { count: segments, segments: formatNumber(segments), characters: formatNumber(characters), left: formatNumber(left) })}
      {` · ${t(`encoding.${encoding}`)}`}
      {forcedBy && ` ${t('forcedBy', { character: forcedBy.character })}`}
    </span>
  );
}
