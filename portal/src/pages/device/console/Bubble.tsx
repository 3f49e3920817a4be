// One SMS of the conversation: from the device on the left, to it on the right, with its state below.
import { ActionIcon, Tooltip } from '@mantine/core';
import { IconArrowBackUp, IconRefresh, IconTimeline, IconX } from '@tabler/icons-react';
import { memo, useState } from 'react';
import { Link } from 'wouter';
import type { SmsObject } from '@/api/schema';
import { useText } from '@/texts';
import classes from './Bubble.module.css';
import { Details } from './Details';
import { StateLine } from './StateLine';
import { isBinary, isCancelable, isFromDevice } from './sms';

export type Acts = {
  maySend: boolean;
  cancel: (sms: SmsObject) => Promise<void>;
  again: (sms: SmsObject) => void;
  edit: (sms: SmsObject) => void;
};
type Props = { sms: SmsObject; device: number; isActive: boolean; acts: Acts };

export const Bubble = memo(function Bubble({ sms, device, isActive, acts }: Props) {
  const t = useText('device');
  const [isOpen, open] = useState(false);
  const isFrom = isFromDevice(sms, device);
  return (
    <li
      className={classes.item}
      data-from={isFrom || undefined}
      data-sms={sms.id}
      tabIndex={isActive ? 0 : -1}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' || event.target !== event.currentTarget) return;
        event.preventDefault();
        open((now) => !now);
      }}
    >
      <div className={classes.line}>
        <div className={classes.bubble} data-state={sms.status.id}>
          <span className="visually-hidden">{t(isFrom ? 'chat.fromDevice' : 'chat.toDevice')}</span>
          <Text sms={sms} />
        </div>
        <Actions sms={sms} isFrom={isFrom} acts={acts} />
      </div>
      <StateLine sms={sms} isFrom={isFrom} isOpen={isOpen} toggle={() => open((now) => !now)} />
      {isOpen && <Details sms={sms} />}
    </li>
  );
});

function Text({ sms }: { sms: SmsObject }) {
  const t = useText('device');
  if (sms.payload === null) return <em className={classes.gone}>{t('chat.gone')}</em>;
  if (sms.payload === '') return <em className={classes.gone}>{t('chat.empty')}</em>;
  return isBinary(sms.dcs) ? <code className={classes.hex}>{sms.payload.replace(/..(?=.)/g, '$& ')}</code> : <>{sms.payload}</>;
}

function Actions({ sms, isFrom, acts }: { sms: SmsObject; isFrom: boolean; acts: Acts }) {
  const t = useText('device');
  const [isCanceling, setCanceling] = useState(false);
  const cancel = () => {
    setCanceling(true);
    void acts.cancel(sms).finally(() => setCanceling(false));
  };
  return (
    <span className={classes.actions} data-shown={isCanceling || undefined}>
      {!isFrom && acts.maySend && isCancelable(sms) && (
        <Action label={t('chat.cancel')} Icon={IconX} act={cancel} isLoading={isCanceling} />
      )}
      {!isFrom && acts.maySend && sms.payload !== null && (
        <>
          <Action label={t('chat.again')} Icon={IconRefresh} act={() => acts.again(sms)} />
          <Action label={t('chat.edit')} Icon={IconArrowBackUp} act={() => acts.edit(sms)} />
        </>
      )}
      <Tooltip label={t('chat.timeline')}>
        <ActionIcon size="sm" component={Link} href={`/messages/${sms.id}`} tabIndex={-1} aria-label={t('chat.timeline')}>
          <IconTimeline size={14} stroke={1.5} />
        </ActionIcon>
      </Tooltip>
    </span>
  );
}

type ActionProps = { label: string; Icon: typeof IconX; act: () => void; isLoading?: boolean };
const Action = ({ label, Icon, act, isLoading = false }: ActionProps) => (
  <Tooltip label={label}>
    <ActionIcon size="sm" onClick={act} loading={isLoading} tabIndex={-1} aria-label={label}>
      <Icon size={14} stroke={1.5} />
    </ActionIcon>
  </Tooltip>
);
