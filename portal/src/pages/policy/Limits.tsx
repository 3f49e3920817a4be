// What a policy's devices may do, and how much of it.
import { useState } from 'react';
import { Button } from '@mantine/core';
import { SettingsPage, SettingsSection } from '@/parts';
import { useText } from '@/texts';
import { usePolicy } from './editing';
import { FlagSetting, NumberSetting, TextSetting } from './fields';
import { Quota } from './Quota';

const MOST = 1_000_000_000;

export function Limits() {
  const t = useText('policy');
  const { content } = usePolicy();
  return (
    <SettingsPage>
      <SettingsSection title={t('limits.mt')}>
        <FlagSetting name="mt" label={t('limits.mtOn')} about={t('limits.mtOnAbout')} />
        <NumberSetting name="mt_limit" label={t('limits.mtLimit')} about={t('limits.limitAbout')} min={1} max={MOST} none={t('noLimit')} off={!content.mt} />
      </SettingsSection>
      <SettingsSection title={t('limits.mo')}>
        <FlagSetting name="mo" label={t('limits.moOn')} about={t('limits.moOnAbout')} />
        <NumberSetting name="mo_limit" label={t('limits.moLimit')} about={t('limits.limitAbout')} min={1} max={MOST} none={t('noLimit')} off={!content.mo} />
      </SettingsSection>
      <SettingsSection title={t('limits.p2p')}>
        <FlagSetting name="sms_p2p_int" label={t('limits.p2pInt')} about={t('limits.p2pIntAbout')} />
        <FlagSetting name="sms_p2p_ext" label={t('limits.p2pExt')} about={t('limits.p2pExtAbout')} />
        <NumberSetting name="sms_p2p_send_cap" label={t('limits.sendCap')} about={t('limits.sendCapAbout')} min={0} max={1_000} suffix="SMS" />
        <NumberSetting name="sms_p2p_receive_rate" label={t('limits.receiveRate')} about={t('limits.receiveRateAbout')} min={1} max={600} suffix="SMS" />
      </SettingsSection>
      <SettingsSection title={t('quota.title')} about={t('quota.about')}>
        <FlagSetting name="apply_sms_quota" label={t('quota.apply')} about={t('quota.applyAbout')} />
        <Quota />
      </SettingsSection>
      <SettingsSection title={t('limits.general')}>
        <TextSetting name="name" label={t('name')} max={100} />
        <TextSetting name="description" label={t('description')} max={500} />
      </SettingsSection>
      <Others />
    </SettingsPage>
  );
}

/** Switches that other systems know: kept, and told to who asks. */
function Others() {
  const t = useText('policy');
  const [shown, show] = useState(false);
  if (!shown) {
    return (
      <div>
        <Button variant="default" onClick={() => show(true)}>
          {t('others.show')}
        </Button>
      </div>
    );
  }
  return (
    <SettingsSection title={t('others.title')} about={t('others.about')}>
      <FlagSetting name="data" label={t('others.data')} />
      <FlagSetting name="ussd" label={t('others.ussd')} />
      <FlagSetting name="allowed_3g" label={t('others.g3')} />
      <FlagSetting name="allowed_4g" label={t('others.g4')} />
      <FlagSetting name="allowed_nb_iot" label={t('others.nbIot')} />
      <FlagSetting name="apply_data_quota" label={t('others.dataQuota')} />
      <FlagSetting name="retail" label={t('others.retail')} />
      <FlagSetting name="prepaid" label={t('others.prepaid')} />
      <FlagSetting name="nipdp" label={t('others.nipdp')} />
    </SettingsSection>
  );
}
