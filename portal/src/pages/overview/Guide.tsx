// Five steps to the first SMS, for whoever never sent one. Each is done right here.
import { Button } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { type Answer, type Row, useGet, useLive } from '@/api';
import { ErrorNote, PageBody, PageHead } from '@/parts';
import { useText } from '@/texts';
import { AddDevice } from './AddDevice';
import { Arrived } from './Arrived';
import { FirstSms } from './FirstSms';
import classes from './Guide.module.css';

export type Device = Row<Answer<'get', '/v1/endpoint'>>;
export type Sent = { sms: number; endpoint: number };
type Progress = 'done' | 'now' | 'later';

const MOST_DEVICES = 50;

function useFleet() {
  const policies = useGet('/v1/service_profile', { query: { per_page: 1 } });
  const devices = useGet('/v1/endpoint', { query: { per_page: MOST_DEVICES, q: 'status:enabled', sort: '-attached,name' } });
  useLive(['/v1/endpoint'], (news) => news.kind === 'event');
  return { policy: policies.data?.[0], devices: devices.data, error: policies.error ?? devices.error };
}

export function Guide({ end }: { end: () => void }) {
  const t = useText('overview');
  const { policy, devices, error } = useFleet();
  const [sent, setSent] = useState<Sent | null>(null);
  const [arrived, setArrived] = useState(false);
  const [goesOn, goOn] = useState(false);
  const hasDevice = (devices?.length ?? 0) > 0;
  const isAttached = devices?.some((device) => device.attached) ?? false;
  const dones = [policy !== undefined, hasDevice, isAttached || goesOn, sent !== null, arrived];
  const now = dones.findIndex((done) => !done);
  const progress = (step: number): Progress => (dones[step] ? 'done' : step === now ? 'now' : 'later');
  return (
    <>
      <PageHead title={t('title')} actions={!arrived && <Button variant="default" onClick={end}>{t('guide.skip')}</Button>} />
      <PageBody>
        <div className={classes.guide}>
          <h2 className={classes.title}>{t('guide.title')}</h2>
          <p className={classes.about}>{t('guide.about')}</p>
          <ErrorNote problem={error} />
          {devices && (
            <ol className={classes.steps}>
              <Step number={1} title={t('guide.policy')} progress={progress(0)}>
                {policy ? t('guide.policyDone', { name: policy.name }) : t('guide.policyAbout')}
              </Step>
              <Step number={2} title={t('guide.device')} progress={progress(1)}>
                {hasDevice ? t('guide.deviceDone', { count: devices.length, name: devices[0]?.name }) : <AddDevice />}
              </Step>
              <Step number={3} title={t('guide.attach')} progress={progress(2)}>
                {isAttached ? t('guide.attachDone') : <Attach goOn={() => goOn(true)} />}
              </Step>
              <Step number={4} title={t('guide.send')} progress={progress(3)}>
                {sent ? t('guide.sendDone') : <FirstSms devices={devices} onSent={setSent} />}
              </Step>
              <Step number={5} title={t('guide.arrive')} progress={progress(4)}>
                {sent && <Arrived sent={sent} onArrived={() => setArrived(true)} again={() => setSent(null)} end={end} />}
              </Step>
            </ol>
          )}
        </div>
      </PageBody>
    </>
  );
}

function Step({ number, title, progress, children }: { number: number; title: string; progress: Progress; children: ReactNode }) {
  const t = useText('overview');
  return (
    <li className={classes.step} data-progress={progress} aria-current={progress === 'now' ? 'step' : undefined}>
      <span className={classes.number} aria-hidden>
        {progress === 'done' ? <IconCheck size={14} stroke={2} /> : number}
      </span>
      <div className={classes.inner}>
        <h3 className={classes.name}>
          {title}
          {progress === 'done' && <span className="visually-hidden">{t('guide.done')}</span>}
        </h3>
        {progress !== 'later' && <div className={classes.content}>{children}</div>}
      </div>
    </li>
  );
}

function Attach({ goOn }: { goOn: () => void }) {
  const t = useText('overview');
  return (
    <>
      <p className={classes.text}>{t('guide.attachAbout')}</p>
      <Button variant="default" onClick={goOn}>
        {t('guide.goOn')}
      </Button>
    </>
  );
}
