// One SMPP account: who is bound now, what was said, a new password.
import { Button } from '@mantine/core';
import { useChange, useGet, useMay } from '@/api';
import type { AccountShown, BindShown } from '@/api/schema';
import { ErrorNote, SidePanel, Time, confirm, formatNumber, notifyProblem } from '@/parts';
import { useText } from '@/texts';
import { AccountState, DISABLED, ENABLED } from '.';
import { Facts, Part } from '../Facts';
import classes from '../Integrations.module.css';
import { Trace } from '../Trace';

type Props = { id: number; onClose: () => void; onSecret: (password: string) => void };
const NEWEST = 100;

export function AccountPanel({ id, onClose, onSecret }: Props) {
  const t = useText('integrations');
  const params = { path: { account: id } };
  const { data: account, error } = useGet('/v1/smpp_account/{account}', params);
  const binds = useGet('/v1/smpp_account/{account}/bind', params);
  const trace = useGet('/v1/smpp_account/{account}/trace', { ...params, query: { limit: NEWEST } });
  const may = useMay('smpp:write');
  return (
    <SidePanel opened wide onClose={onClose} title={account?.system_id ?? ''} footer={account && may && <Actions account={account} onClose={onClose} onSecret={onSecret} />}>
      <ErrorNote problem={error} />
      {account && (
        <>
          <Facts
            facts={[
              [t('state'), <AccountState key="state" isOn={account.status.id === ENABLED} binds={binds.data?.length ?? 0} />],
              [t('smpp.types'), account.bind_types.map((type) => t(`smpp.type.${type}`)).join(', ')],
              [t('tokens.ip'), account.ip.join(', ') || t('tokens.anywhere')],
              [t('smpp.throughput'), account.throughput === null ? t('unlimited') : t('perSecond', { rate: formatNumber(account.throughput) })],
              [t('created'), <Time key="created" at={account.created} />],
            ]}
          />
          <Part title={t('smpp.bindsNow')}>
            {binds.data?.length === 0 && <p className={classes.none}>{t('smpp.noBinds')}</p>}
            {binds.data !== undefined && binds.data.length > 0 && (
              <ul className={classes.list}>
                {binds.data.map((bind) => (
                  <Bind key={bind.id} account={id} bind={bind} may={may} />
                ))}
              </ul>
            )}
          </Part>
          <Part title={t('trace.title')}>
            <ErrorNote problem={trace.error} />
            <Trace pdus={trace.data} />
          </Part>
        </>
      )}
    </SidePanel>
  );
}

function Bind({ account, bind, may }: { account: number; bind: BindShown; may: boolean }) {
  const t = useText('integrations');
  const leave = useChange('delete', '/v1/smpp_account/{account}/bind/{bind}');
  const unbind = async () => {
    if (!(await confirm({ title: t('smpp.askUnbind'), text: t('smpp.askUnbindAbout'), action: t('smpp.unbind'), danger: true }))) return;
    leave.mutate({ params: { path: { account, bind: bind.id } } }, { onError: notifyProblem });
  };
  return (
    <li>
      <span className={classes.grow}>
        {t(`smpp.type.${bind.bind_type}`)} · {bind.ip}
        {bind.tls && ' · TLS'}
        <small>{t('smpp.counts', { submitted: formatNumber(bind.submitted), delivered: formatNumber(bind.delivered), open: bind.unanswered, errors: formatNumber(bind.errors) })}</small>
      </span>
      <span className={classes.dim}>
        <Time at={bind.since} />
      </span>
      {may && (
        <Button variant="default" size="compact-xs" onClick={() => void unbind()} loading={leave.isPending}>
          {t('smpp.unbind')}
        </Button>
      )}
    </li>
  );
}

function Actions({ account, onClose, onSecret }: { account: AccountShown; onClose: () => void; onSecret: (password: string) => void }) {
  const t = useText('integrations');
  const change = useChange('patch', '/v1/smpp_account/{account}');
  const reset = useChange('post', '/v1/smpp_account/{account}/password');
  const remove = useChange('delete', '/v1/smpp_account/{account}');
  const params = { path: { account: account.id } };
  const isOn = account.status.id === ENABLED;
  const turn = async () => {
    if (isOn && !(await confirm({ title: t('smpp.askDisable'), text: t('smpp.askDisableAbout'), action: t('disable'), danger: true }))) return;
    change.mutate({ params, body: { status: { id: isOn ? DISABLED : ENABLED } } }, { onError: notifyProblem });
  };
  const again = async () => {
    if (!(await confirm({ title: t('smpp.askPassword'), text: t('smpp.askPasswordAbout'), action: t('smpp.newPassword'), danger: true }))) return;
    reset.mutate({ params, body: {} }, { onSuccess: ({ password }) => onSecret(password), onError: notifyProblem });
  };
  const drop = async () => {
    if (!(await confirm({ title: t('askDelete', { name: account.system_id }), action: t('delete'), danger: true }))) return;
    remove.mutate({ params }, { onSuccess: onClose, onError: notifyProblem });
  };
  return (
    <>
      <Button variant="default" onClick={() => void drop()} loading={remove.isPending}>
        {t('delete')}
      </Button>
      <Button variant="default" onClick={() => void turn()} loading={change.isPending}>
        {t(isOn ? 'disable' : 'enable')}
      </Button>
      <Button variant="default" onClick={() => void again()} loading={reset.isPending}>
        {t('smpp.newPassword')}
      </Button>
    </>
  );
}
