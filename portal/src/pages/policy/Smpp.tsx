// The SMPP account of a policy: who is bound now, and another password for it.
import { ActionIcon, Button, Modal, Table, TextInput } from '@mantine/core';
import { IconPlugConnectedX } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useEffect, useState } from 'react';
import { fieldErrors, refresh, useChange, useGet, useMay } from '@/api';
import type { BindShown } from '@/api/schema';
import { ErrorNote, Mono, SecretOnce, Setting, SettingsRow, SettingsSection, StateBadge, Time, confirm, fieldText, formatNumber, notifyProblem } from '@/parts';
import { useText } from '@/texts';
import { Foot } from './NewWebhook';
import { usePolicy } from './editing';
import { ChoiceSetting } from './fields';
import classes from './Policy.module.css';

const SHORT = { query: { per_page: 1_000 } };
const LOOK_MS = 3_000; // no news tell of binds

export function Smpp() {
  const t = useText('policy');
  const { content, change } = usePolicy();
  const may = useMay('smpp:write');
  const [making, setMaking] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  const accounts = useGet('/v1/smpp_account', SHORT);
  const account = accounts.data?.find(({ id }) => id === content.smpp_account);
  return (
    <SettingsSection title={t('smpp.title')} about={t('smpp.about')}>
      <ChoiceSetting
        name="smpp_account"
        label={t('smpp.account')}
        about={t('smpp.accountAbout')}
        none={t('smpp.none')}
        choices={accounts.data?.map((one) => ({ value: String(one.id), label: one.system_id }))}
      >
        {may && <Button variant="default" onClick={() => setMaking(true)}>{t('webhook.new')}</Button>}
      </ChoiceSetting>
      {account && account.status.id !== 0 && <SettingsRow><StateBadge tone="bad">{t('smpp.disabled')}</StateBadge></SettingsRow>}
      {account && <Binds account={account.id} most={account.max_binds} />}
      {account && may && <Password account={account.id} name={account.system_id} onMade={setSecret} />}
      <NewAccount opened={making} onClose={() => setMaking(false)} onMade={(smpp_account, password) => { change({ smpp_account }); setSecret(password); }} />
      <SecretOnce title={t('smpp.password')} secret={secret} onClose={() => setSecret(null)} />
    </SettingsSection>
  );
}

function Password({ account, name, onMade }: { account: number; name: string; onMade: (secret: string) => void }) {
  const t = useText('policy');
  const reset = useChange('post', '/v1/smpp_account/{account}/password');
  const ask = async () => {
    if (!(await confirm({ title: t('smpp.resetAsk', { name }), text: t('smpp.resetAbout'), action: t('smpp.reset'), danger: true }))) return;
    reset.mutate({ params: { path: { account } }, body: {} }, { onSuccess: ({ password }) => onMade(password), onError: notifyProblem });
  };
  return (
    <Setting label={t('smpp.password')} about={t('smpp.passwordAbout')}>
      <Button variant="default" loading={reset.isPending} onClick={() => void ask()}>
        {t('smpp.reset')}
      </Button>
    </Setting>
  );
}

function Binds({ account, most }: { account: number; most: number }) {
  const t = useText('policy');
  const queries = useQueryClient();
  const may = useMay('smpp:write');
  const { data, error } = useGet('/v1/smpp_account/{account}/bind', { path: { account } });
  const end = useChange('delete', '/v1/smpp_account/{account}/bind/{bind}');
  useEffect(() => {
    const looking = setInterval(() => void refresh(queries, ['/v1/smpp_account/{account}/bind']), LOOK_MS);
    return () => clearInterval(looking);
  }, [queries]);
  const ask = async (bind: BindShown) => {
    if (!(await confirm({ title: t('smpp.endAsk'), text: t('smpp.endAbout', { address: `${bind.ip}:${bind.port}` }), action: t('smpp.end'), danger: true }))) return;
    end.mutate({ params: { path: { account, bind: bind.id } } }, { onError: notifyProblem });
  };
  const count = data?.length ?? 0;
  return (
    <>
      <Setting label={t('smpp.binds')} about={t('smpp.bindsAbout')}>
        <StateBadge tone={count > 0 ? 'good' : 'wait'}>{count > 0 ? t('smpp.bound', { count, most: formatNumber(most) }) : t('smpp.unbound')}</StateBadge>
      </Setting>
      {error && <SettingsRow><ErrorNote problem={error} /></SettingsRow>}
      {data && count > 0 && (
        <div className={classes.binds}>
          <Table fz="xs" horizontalSpacing="sm" aria-label={t('smpp.binds')}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('smpp.from')}</Table.Th>
                <Table.Th>{t('smpp.type')}</Table.Th>
                <Table.Th>{t('smpp.since')}</Table.Th>
                <Table.Th ta="end">{t('smpp.submitted')}</Table.Th>
                <Table.Th ta="end">{t('smpp.delivered')}</Table.Th>
                <Table.Th ta="end">{t('smpp.open')}</Table.Th>
                <Table.Th><span className="visually-hidden">{t('smpp.actions')}</span></Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {data.map((bind) => (
                <Table.Tr key={bind.id}>
                  <Table.Td><Mono>{`${bind.ip}:${bind.port}`}</Mono></Table.Td>
                  <Table.Td>{t(`smpp.kind.${bind.bind_type}`)}</Table.Td>
                  <Table.Td><Time at={bind.since} /></Table.Td>
                  <Table.Td ta="end">{formatNumber(bind.submitted)}</Table.Td>
                  <Table.Td ta="end">{formatNumber(bind.delivered)}</Table.Td>
                  <Table.Td ta="end">{formatNumber(bind.unanswered)}/{formatNumber(bind.window)}</Table.Td>
                  <Table.Td>
                    {may && (
                      <ActionIcon size="sm" aria-label={t('smpp.end')} onClick={() => void ask(bind)}>
                        <IconPlugConnectedX size={14} stroke={1.5} />
                      </ActionIcon>
                    )}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </div>
      )}
    </>
  );
}

function NewAccount({ opened, onClose, onMade }: { opened: boolean; onClose: () => void; onMade: (id: number, password: string) => void }) {
  const t = useText('policy');
  const [name, setName] = useState('');
  const make = useChange('post', '/v1/smpp_account');
  const errors = fieldErrors(make.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const made = ({ id, password }: { id: number; password: string }) => {
      onClose();
      onMade(id, password);
    };
    make.mutate({ body: { system_id: name } }, { onSuccess: made });
  };
  return (
    <Modal opened={opened} onClose={onClose} title={t('smpp.newAccount')} closeButtonProps={{ 'aria-label': t('close') }}>
      <form onSubmit={submit}>
        <TextInput label={t('smpp.systemId')} description={t('smpp.systemIdAbout')} required maxLength={15} data-autofocus value={name} error={fieldText(errors.system_id)} onChange={(event) => setName(event.currentTarget.value)} />
        {make.error && Object.keys(errors).length === 0 && <ErrorNote problem={make.error} />}
        <Foot onClose={onClose} busy={make.isPending} action={t('webhook.make')} />
      </form>
    </Modal>
  );
}
