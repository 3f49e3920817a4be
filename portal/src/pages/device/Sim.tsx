// The SIM in a device: its numbers and status; put in, taken out, activated, suspended.
import { Button, Select } from '@mantine/core';
import { useState } from 'react';
import { useChange, useMay, usePage } from '@/api';
import type { EndpointShown } from '@/api/schema';
import { Setting, SettingsRow, SettingsSection, StateBadge, confirm, notifyProblem } from '@/parts';
import { useText } from '@/texts';
import { Copied } from './Summary';
import classes from './Device.module.css';

const ACTIVATED = 1;
const SUSPENDED = 2;
const FEW = 20;

export function Sim({ device }: { device: EndpointShown }) {
  const t = useText('device');
  const may = useMay('device:write');
  const change = useChange('patch', '/v1/sim/{sim}', ['/v1/endpoint']);
  const move = useChange('patch', '/v1/endpoint/{endpoint}', ['/v1/sim']);
  const sim = device.sim;
  if (sim === undefined) return <SettingsSection title={t('sim.title')}>{may ? <PutIn device={device} /> : <SettingsRow>{t('fact.noSim')}</SettingsRow>}</SettingsSection>;
  const isActive = sim.status.id === ACTIVATED;
  const set = async () => {
    const isSure = !isActive || (await confirm({ title: t('sim.suspendTitle'), text: t('sim.suspendText'), action: t('sim.suspend'), danger: true }));
    if (!isSure) return;
    const body = { status: { id: isActive ? SUSPENDED : ACTIVATED } };
    change.mutate({ params: { path: { sim: sim.id } }, body }, { onError: notifyProblem });
  };
  const release = async () => {
    const isSure = await confirm({ title: t('sim.releaseTitle', { name: device.name }), text: t('sim.releaseText'), action: t('sim.release'), danger: true });
    if (isSure) move.mutate({ params: { path: { endpoint: device.id } }, body: { sim: { id: null } } }, { onError: notifyProblem });
  };
  return (
    <SettingsSection
      title={t('sim.title')}
      action={
        may && (
          <Button variant="subtle" color="gray" onClick={() => void release()} loading={move.isPending}>
            {t('sim.release')}
          </Button>
        )
      }
    >
      <Setting label={t('about.status')}>
        <StateBadge tone={isActive ? 'good' : 'off'}>{t(`simStatus.${sim.status.id}`)}</StateBadge>
        {may && (
          <Button variant="default" onClick={() => void set()} loading={change.isPending}>
            {t(isActive ? 'sim.suspend' : 'sim.activate')}
          </Button>
        )}
      </Setting>
      <Setting label={t('fact.iccid')}>
        <Copied text={sim.iccid_with_luhn} />
      </Setting>
      <Setting label={t('fact.imsi')}>{sim.imsi ? <Copied text={sim.imsi} /> : t('fact.none')}</Setting>
      <Setting label={t('fact.msisdn')}>{sim.msisdn ? <Copied text={sim.msisdn} /> : t('fact.none')}</Setting>
    </SettingsSection>
  );
}

function PutIn({ device }: { device: EndpointShown }) {
  const t = useText('device');
  const [chosen, choose] = useState<string | null>(null);
  const free = usePage('/v1/sim', { query: { q: 'endpoint:null', per_page: FEW } });
  const move = useChange('patch', '/v1/endpoint/{endpoint}', ['/v1/sim']);
  const go = () =>
    move.mutate(
      { params: { path: { endpoint: device.id } }, body: { sim: { id: Number(chosen), activate: true } } },
      { onError: notifyProblem },
    );
  return (
    <SettingsRow>
      <div className={classes.more}>
        <Select
          flex={1}
          searchable
          aria-label={t('sim.choose')}
          placeholder={t('sim.choose')}
          nothingFoundMessage={t('sim.noneFree')}
          data={(free.data?.rows ?? []).map((sim) => ({ value: String(sim.id), label: sim.iccid_with_luhn }))}
          value={chosen}
          onChange={choose}
        />
        <Button variant="default" disabled={chosen === null} onClick={go} loading={move.isPending}>
          {t('sim.putIn')}
        </Button>
      </div>
    </SettingsRow>
  );
}
