// One link: what it allows, what was done by it, and its end.
import { Button } from '@mantine/core';
import { useState } from 'react';
import { useChange, useGet, useMay } from '@/api';
import type { ConsoleLinkShown } from '@/api/schema';
import { ErrorNote, SidePanel, Time, confirm, notifyDone, notifyProblem } from '@/parts';
import { useText } from '@/texts';
import { LinkState, allowed, reach } from '.';
import { Facts, Part } from '../Facts';
import classes from '../Integrations.module.css';
import { LinkForm } from './LinkForm';

type Props = { id: number; onClose: () => void; onSecret: (url: string) => void };

export function LinkPanel({ id, onClose, onSecret }: Props) {
  const t = useText('integrations');
  const { data: link, error } = useGet('/v1/console_link/{link}', { path: { link: id } });
  const may = useMay('console:write');
  const [changing, setChanging] = useState(false);
  if (link && changing) return <LinkForm link={link} onClose={() => setChanging(false)} onMade={() => setChanging(false)} />;
  return (
    <SidePanel
      opened
      onClose={onClose}
      title={link?.name ?? ''}
      footer={link && may && <Actions link={link} onClose={onClose} onSecret={onSecret} onChange={() => setChanging(true)} />}
    >
      <ErrorNote problem={error} />
      {link && (
        <>
          <Facts
            facts={[
              [t('state'), <LinkState key="state" link={link} />],
              [link.tag === null ? t('links.devices') : t('links.tag'), reach(link)],
              [t('links.allowed'), allowed(link, t)],
              [t('links.rateShort'), t('links.perHour', { rate: link.rate })],
              [t('links.pin'), t(link.has_pin ? 'links.hasPin' : 'links.noPin')],
              link.source_address !== '' && [t('links.sender'), link.source_address],
              [t('created'), <Time key="created" at={link.created} />],
              [t('expires'), <Time key="end" at={link.expiry_date} />],
              link.revoked_date !== null && [t('links.revokedAt'), <Time key="revoked" at={link.revoked_date} />],
            ]}
          />
          {link.commands.length > 0 && (
            <Part title={t('links.commands')}>
              <ul className={classes.list}>
                {link.commands.map((command) => (
                  <li key={command.label}>
                    <span className={classes.grow}>
                      {command.label}
                      <small>{command.text}</small>
                    </span>
                  </li>
                ))}
              </ul>
            </Part>
          )}
          <Doings id={link.id} />
        </>
      )}
    </SidePanel>
  );
}

const NEWEST = 20;

function Doings({ id }: { id: number }) {
  const t = useText('integrations');
  const { data } = useGet('/v1/audit', { query: { kind: 'console_link', id, per_page: NEWEST } }, { when: useMay('admin') });
  const { data: used } = useGet('/v1/audit', { query: { kind: 'console', id, per_page: NEWEST } }, { when: useMay('admin') });
  if (data === undefined || used === undefined) return null;
  const all = [...data, ...used].sort((one, other) => other.number - one.number).slice(0, NEWEST);
  return (
    <Part title={t('links.doings')}>
      <ul className={classes.list}>
        {all.map((entry) => (
          <li key={entry.number}>
            <span className={classes.grow}>
              {t(`links.did.${entry.action}`)}
              <small>{[entry.actor, entry.address].filter(Boolean).join(' · ')}</small>
            </span>
            <span className={classes.dim}>
              <Time at={entry.timestamp} />
            </span>
          </li>
        ))}
      </ul>
    </Part>
  );
}

type ActionsProps = { link: ConsoleLinkShown; onClose: () => void; onSecret: (url: string) => void; onChange: () => void };

function Actions({ link, onClose, onSecret, onChange }: ActionsProps) {
  const t = useText('integrations');
  const change = useChange('patch', '/v1/console_link/{link}', ['/v1/audit']);
  const renew = useChange('post', '/v1/console_link/{link}/secret', ['/v1/audit']);
  const remove = useChange('delete', '/v1/console_link/{link}');
  const params = { path: { link: link.id } };
  const told = { onError: notifyProblem };
  const revoke = async () => {
    if (!(await confirm({ title: t('links.askRevoke', { name: link.name }), text: t('links.askRevokeAbout'), action: t('links.revoke'), danger: true }))) return;
    change.mutate({ params, body: { revoked: true } }, { ...told, onSuccess: () => notifyDone(t('links.revoked')) });
  };
  const again = async () => {
    if (!(await confirm({ title: t('links.askSecret'), text: t('links.askSecretAbout'), action: t('links.newSecret') }))) return;
    renew.mutate({ params }, { ...told, onSuccess: (made) => onSecret(made.url ?? made.secret ?? '') });
  };
  const drop = async () => {
    if (!(await confirm({ title: t('askDelete', { name: link.name }), text: t('links.askDeleteAbout'), action: t('delete'), danger: true }))) return;
    remove.mutate({ params }, { ...told, onSuccess: onClose });
  };
  return (
    <>
      <Button variant="default" onClick={() => void drop()} loading={remove.isPending}>
        {t('delete')}
      </Button>
      {link.status !== 'revoked' && (
        <>
          <Button variant="default" onClick={() => void again()} loading={renew.isPending}>
            {t('links.newSecret')}
          </Button>
          <Button variant="default" onClick={onChange}>
            {t('change')}
          </Button>
          <Button color="red.8" onClick={() => void revoke()} loading={change.isPending}>
            {t('links.revoke')}
          </Button>
        </>
      )}
    </>
  );
}
