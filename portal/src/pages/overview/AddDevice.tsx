// Step 2: a virtual device, so that nothing has to be plugged in; or one's own, by the list of devices.
import { Button, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { Link } from 'wouter';
import { type Problem, asProblem, refresh, upload, useMay } from '@/api';
import { ErrorNote } from '@/parts';
import { useText } from '@/texts';
import classes from './Guide.module.css';

// No country has these: 999 is of no country, 001-01 the test network.
const NUMBERS = { msisdn: '999', imsi: '001019' };
const PROFILE = 'tracker'; // the one that answers STATUS

const digits = (count: number): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(count)), (octet) => octet % 10).join('');
const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;

function tableOf(name: string): Blob {
  const row = [quoted(name), `${NUMBERS.msisdn}${digits(9)}`, `${NUMBERS.imsi}${digits(9)}`, `sim-profile=${PROFILE}`];
  return new Blob([`name,msisdn,imsi,tags\n${row.join(',')}\n`], { type: 'text/csv' });
}

export function AddDevice() {
  const t = useText('overview');
  const mayAdd = useMay('device:write');
  const queries = useQueryClient();
  const [name, setName] = useState(t('guide.deviceName'));
  const [wrong, setWrong] = useState<string | undefined>(undefined);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isPending, setPending] = useState(false);
  const add = async (event: FormEvent) => {
    event.preventDefault();
    setPending(true);
    setProblem(null);
    try {
      const outcome = await upload('/v1/endpoint/import', { query: { show: 'bad' } }, tableOf(name.trim()), 'text/csv');
      setWrong(outcome.verdicts[0]?.reason ?? undefined);
      await refresh(queries, ['/v1/endpoint']);
    } catch (thrown) {
      setProblem(asProblem(thrown));
    } finally {
      setPending(false);
    }
  };
  if (!mayAdd) return <p className={classes.text}>{t('guide.deviceAsk')}</p>;
  return (
    <form onSubmit={(event) => void add(event)} className={classes.form}>
      <p className={classes.text}>{t('guide.deviceAbout')}</p>
      <ErrorNote problem={problem} />
      <div className={classes.fields}>
        <TextInput label={t('guide.deviceLabel')} value={name} error={wrong} required withAsterisk={false} onChange={(event) => setName(event.currentTarget.value)} />
      </div>
      <div className={classes.actions}>
        <Button type="submit" loading={isPending} disabled={name.trim() === ''}>
          {t('guide.deviceAdd')}
        </Button>
        <Link href="/devices" className={classes.link}>
          {t('guide.deviceOwn')}
        </Link>
      </div>
    </form>
  );
}
