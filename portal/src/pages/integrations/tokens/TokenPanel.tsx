// One token: what it may do, where it was used, and its end.
import { Button } from '@mantine/core';
import { useChange, useMay } from '@/api';
import type { TokenObject } from '@/api/schema';
import { SidePanel, Time, confirm, notifyDone, notifyProblem } from '@/parts';
import { useText } from '@/texts';
import { REVOKED, TokenState } from '.';
import { Facts } from '../Facts';

export function TokenPanel({ token, onClose }: { token: TokenObject; onClose: () => void }) {
  const t = useText('integrations');
  const may = useMay('token:write');
  const change = useChange('patch', '/v1/application_token/{token}');
  const revoke = async () => {
    const name = token.description || t('tokens.nameless');
    if (!(await confirm({ title: t('tokens.askRevoke', { name }), text: t('tokens.askRevokeAbout'), action: t('tokens.revoke'), danger: true }))) return;
    change.mutate(
      { params: { path: { token: token.id } }, body: { status: { id: REVOKED } } },
      { onSuccess: () => notifyDone(t('tokens.revokedDone')), onError: notifyProblem },
    );
  };
  return (
    <SidePanel
      opened
      onClose={onClose}
      title={token.description || t('tokens.nameless')}
      footer={
        may &&
        token.status.id !== REVOKED && (
          <Button color="red.8" onClick={() => void revoke()} loading={change.isPending}>
            {t('tokens.revoke')}
          </Button>
        )
      }
    >
      <Facts
        facts={[
          [t('state'), <TokenState key="state" token={token} />],
          [t('tokens.scopes'), token.scopes.join(', ')],
          [t('tokens.ip'), token.ip ?? t('tokens.anywhere')],
          [t('tokens.creator'), token.creator?.name ?? '–'],
          [t('created'), <Time key="created" at={token.created} />],
          [t('expires'), token.expiry_date === null ? t('never') : <Time key="end" at={token.expiry_date} />],
          [t('tokens.lastUsed'), <Time key="used" at={token.last_used} />],
          token.last_address !== null && [t('tokens.lastAddress'), token.last_address],
        ]}
      />
    </SidePanel>
  );
}
