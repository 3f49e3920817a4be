// Secrets that sign calls. They are made here, shown once, and changed with a time in which both count.
import { Button, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { fieldErrors, useChange, useGet, useMay } from '@/api';
import type { SecretShown } from '@/api/schema';
import { ErrorNote, SidePanel, Time, confirm, fieldText, notifyProblem } from '@/parts';
import { useText } from '@/texts';
import { Part } from '../Facts';
import classes from '../Integrations.module.css';

const OCTETS = 32;
const OVERLAP_HOURS = 24;

/** As Standard Webhooks spell it. */
const newSecret = (): string => `whsec_${btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(OCTETS))))}`;

export function Secrets({ onClose, onSecret }: { onClose: () => void; onSecret: (secret: string) => void }) {
  const t = useText('integrations');
  const { data, error } = useGet('/v1/api_secret', { query: { per_page: 100 } });
  const may = useMay('callback:write');
  return (
    <SidePanel opened onClose={onClose} title={t('secrets.title')}>
      <p className={classes.none}>{t('secrets.about')}</p>
      {may && <NewSecret onSecret={onSecret} />}
      <ErrorNote problem={error} />
      {data?.length === 0 && <p className={classes.none}>{t('secrets.none')}</p>}
      {data !== undefined && data.length > 0 && (
        <ul className={classes.list}>
          {data.map((secret) => (
            <One key={secret.id} secret={secret} may={may} onSecret={onSecret} />
          ))}
        </ul>
      )}
    </SidePanel>
  );
}

function NewSecret({ onSecret }: { onSecret: (secret: string) => void }) {
  const t = useText('integrations');
  const [purpose, setPurpose] = useState('');
  const make = useChange('post', '/v1/api_secret');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const secret = newSecret();
    const onSuccess = () => {
      setPurpose('');
      onSecret(secret);
    };
    make.mutate({ body: { secret, purpose: purpose.trim() } }, { onSuccess });
  };
  return (
    <form onSubmit={submit}>
      <Part title={t('secrets.new')}>
        <TextInput label={t('callbacks.purpose')} value={purpose} onChange={(event) => setPurpose(event.currentTarget.value)} error={fieldText(fieldErrors(make.error)['purpose'])} required />
        <ErrorNote problem={make.error} />
        <div>
          <Button type="submit" loading={make.isPending}>
            {t('secrets.make')}
          </Button>
        </div>
      </Part>
    </form>
  );
}

function One({ secret, may, onSecret }: { secret: SecretShown; may: boolean; onSecret: (secret: string) => void }) {
  const t = useText('integrations');
  const rotate = useChange('patch', '/v1/api_secret/{secret}');
  const remove = useChange('delete', '/v1/api_secret/{secret}');
  const params = { path: { secret: secret.id } };
  const name = secret.purpose || `#${secret.id}`;
  const change = async () => {
    if (!(await confirm({ title: t('secrets.askRotate', { name }), text: t('secrets.askRotateAbout', { hours: OVERLAP_HOURS }), action: t('secrets.rotate') }))) return;
    const next = newSecret();
    rotate.mutate({ params, body: { secret: next, overlap_hours: OVERLAP_HOURS } }, { onSuccess: () => onSecret(next), onError: notifyProblem });
  };
  const drop = async () => {
    if (!(await confirm({ title: t('askDelete', { name }), action: t('delete'), danger: true }))) return;
    remove.mutate({ params }, { onError: notifyProblem });
  };
  return (
    <li>
      <span className={classes.grow}>
        {name}
        <small>
          {secret.former_secret_until === null ? (
            <Time at={secret.created} />
          ) : (
            <>
              {t('secrets.former')} <Time at={secret.former_secret_until} />
            </>
          )}
        </small>
      </span>
      {may && (
        <>
          <Button variant="default" size="compact-xs" onClick={() => void change()} loading={rotate.isPending}>
            {t('secrets.rotate')}
          </Button>
          <Button variant="default" size="compact-xs" onClick={() => void drop()} loading={remove.isPending}>
            {t('delete')}
          </Button>
        </>
      )}
    </li>
  );
}
