// Where SMS from devices and receipts go: they stay in the portal, or a webhook or SMPP takes them.
import { SegmentedControl } from '@mantine/core';
import { Setting, SettingsPage, SettingsSection } from '@/parts';
import { useText } from '@/texts';
import { Smpp } from './Smpp';
import { Webhook } from './Webhook';
import { PORTAL, SMPP, WEBHOOK } from './content';
import { usePolicy } from './editing';

export function Interface() {
  const t = useText('policy');
  const { content, change, may, has } = usePolicy();
  const kind = content.esme_interface_type;
  const kinds = [
    { value: String(PORTAL), label: t('interface.portal') },
    { value: String(WEBHOOK), label: t('interface.webhook') },
    { value: String(SMPP), label: t('interface.smpp') },
  ];
  return (
    <SettingsPage>
      <SettingsSection title={t('interface.title')} about={t('interface.about')}>
        <Setting label={t('interface.kind')} about={t(`interface.kindAbout.${kind}`)} changed={has('esme_interface_type')}>
          {may ? (
            <SegmentedControl aria-label={t('interface.kind')} data={kinds} value={String(kind)} onChange={(chosen) => change({ esme_interface_type: Number(chosen) })} />
          ) : (
            <span>{kinds.find(({ value }) => value === String(kind))?.label}</span>
          )}
        </Setting>
      </SettingsSection>
      {kind === WEBHOOK && <Webhook />}
      {kind === SMPP && <Smpp />}
    </SettingsPage>
  );
}
