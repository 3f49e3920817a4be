// One message: what it says, its way as a picture and in sentences, and its TPDUs field by field.
import { ActionIcon, Button } from '@mantine/core';
import { IconDeviceMobile } from '@tabler/icons-react';
import { Link, useParams } from 'wouter';
import { useChange, useGet, useLive, useMay } from '@/api';
import { ErrorNote, PageBody, PageHead, SmsState, confirm, notifyDone, notifyProblem } from '@/parts';
import { useText } from '@/texts';
import { Facts } from './Facts';
import classes from './Message.module.css';
import { Pdus } from './Pdus';
import { Story } from './Story';

const FINAL = 4; // DELIVERED; the states after it are ends as well

export default function Message() {
  const t = useText('message');
  const { message } = useParams<{ message: string }>();
  const path = { sms: Number(message) };
  const sms = useGet('/v1/sms/{sms}', { path });
  const steps = useGet('/v1/sms/{sms}/timeline', { path });
  const pdus = useGet('/v1/sms/{sms}/pdu', { path });
  const maySend = useMay('sms:send');
  const cancel = useChange('delete', '/v1/sms/{sms}', ['/v1/endpoint']);
  useLive(['/v1/sms'], (news) => news.kind !== 'event' && news.kind !== 'gap' && news.news.id === path.sms);

  const found = sms.data;
  const crumbs = [{ title: t('messages'), to: '/messages' }];
  if (sms.error !== null && found === undefined)
    return (
      <>
        <PageHead title={t('title')} crumbs={crumbs} />
        <PageBody>
          <ErrorNote problem={sms.error} retry={() => void sms.refetch()} />
        </PageBody>
      </>
    );
  const askAndCancel = async () => {
    if (!(await confirm({ title: t('cancelTitle'), text: t('cancelText'), action: t('cancel'), danger: true }))) return;
    cancel.mutate({ params: { path } }, { onSuccess: () => notifyDone(t('canceled')), onError: notifyProblem });
  };
  const device = found?.endpoint;
  const state = found?.status.id ?? 0;
  const ended = state < FINAL ? undefined : state === FINAL ? 'well' : 'badly';
  return (
    <>
      <PageHead
        title={found ? t(`head.${found.direction}`, { device: device?.name ?? found.dest_address }) : t('title')}
        crumbs={crumbs}
        about={found && <SmsState status={found.status} reason={found.reason} />}
        actions={
          <>
            {device && (
              <>
                <Button variant="default" component={Link} href={`/devices/${device.id}`} visibleFrom="sm">
                  {t('openDevice')}
                </Button>
                <ActionIcon component={Link} href={`/devices/${device.id}`} hiddenFrom="sm" aria-label={t('openDevice')}>
                  <IconDeviceMobile size={18} stroke={1.5} />
                </ActionIcon>
              </>
            )}
            {maySend && found && ended === undefined && found.direction !== 'MO' && (
              <Button variant="default" loading={cancel.isPending} onClick={() => void askAndCancel()}>
                {t('cancel')}
              </Button>
            )}
          </>
        }
      />
      <PageBody>
        <div className={classes.top}>
          <p className={classes.text} data-empty={found?.payload === null || undefined}>
            {found === undefined ? '\u00a0' : (found.payload ?? t('gone'))}
          </p>
          <Facts sms={found} />
        </div>
        <Story steps={steps.data} problem={steps.error} ended={ended} />
        <Pdus pdus={pdus.data} problem={pdus.error} />
      </PageBody>
    </>
  );
}
